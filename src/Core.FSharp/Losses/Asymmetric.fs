namespace Limen.Core

open Limen
open TorchSharp

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
    let pairs (options: AsymmetricOptions) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let y = Bce.truth targets margins
        let high = Tensors.softplus m
        let low = Tensors.softplus -m
        let power (gamma: float) (s: torch.Tensor) = (s |> Tensors.times -gamma).exp()

        let weigh (weight: torch.Tensor) =
            match options.Weight with
            | FocalWeight.Differentiated -> weight
            | FocalWeight.Constant -> weight.detach ()

        // -ln max(p, smallest)
        let surprise (s: torch.Tensor) =
            if options.Smallest > 0.0 then
                s |> Tensors.clamp 0.0 -(log options.Smallest)
            else
                s

        let positive = weigh (power options.GammaPositive high) * surprise low

        let negative =
            if options.Clip > 0.0 then
                // 1 - p itself, because p rounds to 1 where 1 - p still counts
                let other = (-m).sigmoid()

                let weight =
                    -other
                    |> Tensors.plus (1.0 - options.Clip)
                    // away from 0, where the power has no derivative; there q = 1 and ln q = 0
                    |> Tensors.clamp 1e-10 1.0
                    |> Tensors.power options.GammaNegative

                let q =
                    other
                    |> Tensors.plus options.Clip
                    |> Tensors.clamp (max options.Smallest options.Clip) 1.0

                weigh weight * -(q.log ())
            else
                weigh (power options.GammaNegative low) * surprise high

        Tensors.add (y * positive) (Tensors.complement y * negative)

    /// The mean over pairs; exponents are at least 0, the clip in [0, 1).
    let loss (o: AsymmetricOptions) : Loss =
        let faults =
            Limits.number "GammaPositive" (0.0, 100.0) o.GammaPositive
            @ Limits.number "GammaNegative" (0.0, 100.0) o.GammaNegative
            @ Loss.fault (o.Clip >= 0.0 && o.Clip < 1.0) "Clip in [0, 1)" o.Clip
            @ Loss.fault (o.Smallest >= 0.0 && o.Smallest < 1.0) "Smallest in [0, 1)" o.Smallest

        Loss.ofPairs "asymmetric" faults (pairs o)

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Asymmetric"
            Source = "https://arxiv.org/abs/2009.14119"
            Examples = fun _ -> [ loss defaults ]
            Faulty = [ loss { defaults with Clip = 1.0 } ]
        }
