namespace Limen.Core

open TorchSharp

/// The weight of IDF. alpha_l IDF_l and b_l are one degree of freedom per label, because IDF_l is a constant: only a
/// shared alpha, or one held by a prior, says something that b does not.
type Alpha =
    /// One weight for every label.
    | Shared of float32
    /// One weight per frequency bucket. Edges are ascending IDF values; label l is in bucket #{ edges <= IDF_l }; one value more than edges.
    | PerBucket of edges: float32[] * values: float32[]
    /// One weight per label [L]; train it with `Alpha.prior`.
    | PerLabel of float32[]

/// d loss / d parameter, in the shapes of `Fusion`; Alpha has the length of `Alpha.values`.
type FusionGradient =
    {
        Lambda: float32
        Alpha: float32[]
        Beta: float32[]
        Bias: float32[]
    }

/// One threshold, part by part, in logit space: Global = lambda alpha_l IDF_l, Local = (1 - lambda) beta_l A_l(x), Bias = b_l.
[<Struct>]
type ThresholdParts =
    {
        Global: float32
        Local: float32
        Bias: float32
    }

    /// theta_l(x), the sum of the parts.
    member p.Threshold = p.Global + p.Local + p.Bias

[<RequireQualifiedAccess>]
module ThresholdParts =

    /// No threshold: 0 in every part.
    let none = { Global = 0f; Local = 0f; Bias = 0f }

/// The learned numbers of the threshold theta_l(x) = lambda alpha_l IDF_l + (1 - lambda) beta_l A_l(x) + b_l, in logit space.
type Fusion =
    {
        Lambda: float32
        Alpha: Alpha
        /// beta [L], the weight of the local signal.
        Beta: float32[]
        /// b [L].
        Bias: float32[]
    }

[<RequireQualifiedAccess>]
module Alpha =

    /// The free numbers: one, one per bucket, or L.
    let values alpha : float32[] =
        match alpha with
        | Shared value -> [| value |]
        | PerBucket(_, values)
        | PerLabel values -> values

    /// The same kind of sharing with other numbers, as many as `values` has.
    let withValues (values: float32[]) alpha : Alpha =
        match alpha with
        | Shared _ -> Shared values[0]
        | PerBucket(edges, _) -> PerBucket(edges, values)
        | PerLabel _ -> PerLabel values

    /// Which of `values` each label [L] uses.
    let slots (idf: float32[]) alpha : int[] =
        match alpha with
        | Shared _ -> Array.zeroCreate idf.Length
        | PerBucket(edges, _) ->
            idf
            |> Array.map (fun v -> edges |> Array.filter (fun e -> e <= v) |> Array.length)
        | PerLabel _ -> Array.init idf.Length id

    /// alpha [L].
    let perLabel (idf: float32[]) alpha : float32[] =
        let values = values alpha
        slots idf alpha |> Array.map (fun slot -> values[slot])

    /// Sums d loss / d alpha_l [L] over the labels that share a number: d loss / d values.
    let gather (idf: float32[]) (gradient: float32[]) alpha : float32[] =
        let sums = Array.zeroCreate<float> (values alpha).Length

        slots idf alpha
        |> Array.iteri (fun l slot -> sums[slot] <- sums[slot] + float gradient[l])

        sums |> Array.map float32

    /// The prior of unshared weights: (strength / 2) sum_l (alpha_l - mean alpha)^2 and its gradient, which make alpha_l the
    /// common value unless the data say otherwise. 0 for the shared forms.
    let prior (strength: float32) alpha : struct (float32 * float32[]) =
        match alpha with
        | PerLabel values when values.Length > 0 ->
            let away = values |> Array.map (fun v -> v - Array.average values)

            struct (0.5f * strength * Array.sumBy (fun d -> d * d) away, away |> Array.map (fun d -> strength * d))
        | PerLabel _
        | Shared _
        | PerBucket _ -> struct (0f, Array.zeroCreate (values alpha).Length)

/// Threshold fusion of a global and a local signal (arXiv 2505.03118, section 3). As a function of the local signal A alone,
/// theta is a line per label: offset_l + slope_l A_l(x).
[<RequireQualifiedAccess>]
module Fusion =

    let private requireShapes (idf: float32[]) (fusion: Fusion) =
        Shape.require (nameof idf) "[L]" [ fusion.Bias.Length; fusion.Bias.Length ] [ idf.Length; fusion.Beta.Length ]

        match fusion.Alpha with
        | Shared _ -> ()
        | PerBucket(edges, values) -> Shape.require "alpha" "[buckets]" [ edges.Length + 1 ] [ values.Length ]
        | PerLabel values -> Shape.require "alpha" "[L]" [ idf.Length ] [ values.Length ]

    /// What is wrong with the threshold's numbers of L labels (Stored).
    let internal unfit (labels: int) (fusion: Fusion) : string list =
        [
            yield!
                Unfit.unless
                    (fusion.Lambda >= 0f && fusion.Lambda <= 1f)
                    $"lambda: expected 0 to 1, found {fusion.Lambda}"
            match fusion.Alpha with
            | Shared alpha -> yield! Unfit.finite "alpha" 1 [| alpha |]
            | PerBucket(edges, values) ->
                yield! Unfit.finite "edges of alpha's buckets" edges.Length edges
                yield! Unfit.finite "alpha of each bucket" (edges.Length + 1) values
            | PerLabel values -> yield! Unfit.finite "alpha of each label" labels values
            yield! Unfit.finite "beta" labels fusion.Beta
            yield! Unfit.finite "bias of the threshold" labels fusion.Bias
        ]

    /// Where training starts: theta = 0 everywhere, lambda = 1/2, the given sharing of alpha with all its numbers 0.
    let zero (sharing: Alpha) (labels: int) : Fusion =
        {
            Lambda = 0.5f
            Alpha = sharing |> Alpha.withValues (Array.zeroCreate (Alpha.values sharing).Length)
            Beta = Array.zeroCreate labels
            Bias = Array.zeroCreate labels
        }

    /// Where a model's training starts: b_l = -ln odds of label l among N training rows, so that an untrained model predicts each label as often as it
    /// occurs; lambda = 1/2; alpha = 0; (1 - lambda) beta = -4 where there is a local signal (a label that the neighbours carry has a lower threshold).
    let atLogOdds (sharing: Alpha) (hasLocal: bool) (counts: LabelCounts) : Fusion =
        let labels = counts.Positives.Length

        { zero sharing labels with
            Beta = Array.create labels (if hasLocal then -8f else 0f)
            Bias =
                counts.Positives
                |> Array.map (fun n -> float32 (log ((counts.Rows - n + 0.5) / (n + 0.5))))
        }

    /// lambda alpha_l IDF_l + b_l [L]: the threshold where the local signal is 0.
    let offsets (idf: float32[]) (fusion: Fusion) : float32[] =
        requireShapes idf fusion

        Array.map3
            (fun alpha idf bias -> fusion.Lambda * alpha * idf + bias)
            (Alpha.perLabel idf fusion.Alpha)
            idf
            fusion.Bias

    /// (1 - lambda) beta_l [L]: what one unit of the local signal adds to the threshold.
    let slopes (fusion: Fusion) : float32[] =
        fusion.Beta |> Array.map (fun beta -> (1f - fusion.Lambda) * beta)

    /// The chain rule from d loss / d offset [L] and d loss / d slope [L] to the learned numbers.
    let gradient (idf: float32[]) (byOffset: float32[]) (bySlope: float32[]) (fusion: Fusion) : FusionGradient =
        requireShapes idf fusion
        Shape.require (nameof byOffset) "[L]" [ idf.Length; idf.Length ] [ byOffset.Length; bySlope.Length ]
        let alpha = Alpha.perLabel idf fusion.Alpha
        let mutable lambda = 0.0

        for l in 0 .. idf.Length - 1 do
            lambda <-
                lambda + float byOffset[l] * float alpha[l] * float idf[l]
                - float bySlope[l] * float fusion.Beta[l]

        {
            Lambda = float32 lambda
            Alpha =
                fusion.Alpha
                |> Alpha.gather idf (Array.map2 (fun o v -> fusion.Lambda * v * o) byOffset idf)
            Beta = bySlope |> Array.map (fun s -> (1f - fusion.Lambda) * s)
            Bias = Array.copy byOffset
        }

    /// The parts of theta_l(x) at a label whose local signal is A_l(x).
    let parts (idf: float32[]) (label: int) (local: float32) (fusion: Fusion) : ThresholdParts =
        requireShapes idf fusion
        let slot = (Alpha.slots [| idf[label] |] fusion.Alpha)[0]

        let alpha =
            match fusion.Alpha with
            | PerLabel values -> values[label]
            | shared -> (Alpha.values shared)[slot]

        {
            Global = fusion.Lambda * alpha * idf[label]
            Local = (1f - fusion.Lambda) * fusion.Beta[label] * local
            Bias = fusion.Bias[label]
        }

    /// The definition: lambda alpha IDF + (1 - lambda) beta A + b with lambda [], alpha [L] or [], beta, b and IDF [L], A [B, L];
    /// the result is [B, L] and differentiable in every argument.
    let thresholds
        (lambda: torch.Tensor)
        (alpha: torch.Tensor)
        (beta: torch.Tensor)
        (bias: torch.Tensor)
        (idf: torch.Tensor)
        (local: torch.Tensor)
        : Thresholds =
        Tensors.scope (fun () ->
            Tensors.add (lambda * alpha * idf) (Tensors.complement lambda * beta * local)
            |> Tensors.add bias)
        |> Thresholds
