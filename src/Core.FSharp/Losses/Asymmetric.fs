namespace Limen.Core

/// Whether gradients flow through the focal weights of the asymmetric loss: it changes gradients, not values.
[<RequireQualifiedAccess>]
type FocalWeight =
    | Differentiated
    | Constant

/// The numbers of the asymmetric loss.
type AsymmetricOptions =
    {
        /// The exponent for positives, >= 0.
        GammaPositive: float
        /// The exponent for negatives, >= 0.
        GammaNegative: float
        /// Negatives with p <= Clip cost nothing. In [0, 1).
        Clip: float
        /// Probabilities below this value count as this value in logarithms, so the loss of a pair is at most -ln of it. In [0, 1).
        Smallest: float
        Weight: FocalWeight
    }

/// Asymmetric loss (Ridnik et al. 2021, https://arxiv.org/abs/2009.14119): different exponents for positives and negatives, and
/// negatives that are easy enough dropped altogether.
[<RequireQualifiedAccess>]
module Asymmetric =

    /// The published defaults: 1, 4, 0.05, 1e-8, with gradients through the weights.
    let defaults =
        {
            GammaPositive = 1.0
            GammaNegative = 4.0
            Clip = 0.05
            Smallest = 1e-8
            Weight = FocalWeight.Differentiated
        }

    /// -y (1 - p)^g+ ln p - (1 - y) (1 - q)^g- ln q [B, L] with p = sigmoid(m) and q = min(1 - p + Clip, 1). The authors' code sums
    /// over the pairs. Equal exponents with Clip = Smallest = 0 give focal loss.
    let pairs (options: AsymmetricOptions) (targets: Targets) (margins: Margins) : Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins
        let high = Tensor.softplus m
        let low = m |> Tensor.neg |> Tensor.softplus
        let power gamma s = s |> Tensor.scale -gamma |> Tensor.exp

        let weigh weight =
            match options.Weight with
            | FocalWeight.Differentiated -> weight
            | FocalWeight.Constant -> Tensor.detach weight

        // -ln max(p, smallest)
        let surprise s =
            if options.Smallest > 0.0 then
                s |> Tensor.clamp 0.0 -(log options.Smallest)
            else
                s

        let positive =
            surprise low |> Tensor.mul (power options.GammaPositive high |> weigh)

        let negative =
            if options.Clip > 0.0 then
                // 1 - p itself, because p rounds to 1 where 1 - p still counts
                let other = m |> Tensor.neg |> Tensor.sigmoid

                let weight =
                    other
                    |> Tensor.neg
                    |> Tensor.shift (1.0 - options.Clip)
                    // away from 0, where the power has no derivative; there q = 1 and ln q = 0
                    |> Tensor.clamp 1e-10 1.0
                    |> Tensor.pow options.GammaNegative

                other
                |> Tensor.shift options.Clip
                |> Tensor.clamp (max options.Smallest options.Clip) 1.0
                |> Tensor.log
                |> Tensor.neg
                |> Tensor.mul (weigh weight)
            else
                surprise high |> Tensor.mul (power options.GammaNegative low |> weigh)

        positive
        |> Tensor.mul y
        |> Tensor.add (negative |> Tensor.mul (Bce.complement y))
