namespace Limen.Core

open Limen
open TorchSharp

/// How a loss that is not made of others is computed from the targets y and the margins m = z - theta.
[<NoEquality; NoComparison>]
type LossForm =
    /// A value for each pair [B, L].
    | PerPair of (Targets -> Margins -> torch.Tensor)
    /// A scalar of the whole batch.
    | PerBatch of (Targets -> Margins -> torch.Tensor)

/// A loss that the fused kernel computes in its one pass, averaged over pairs.
type FusedForm =
    /// Binary cross-entropy, with a weight per label [L] on positives where given.
    | FusedBce of posWeight: float32[] option
    /// The margin loss.
    | FusedMargin of form: MarginForm * delta: float

/// A loss that is not made of others, with how much it counts and over which pairs.
[<NoEquality; NoComparison>]
type LossTerm =
    {
        Name: string
        /// Every number that is out of its range, in words.
        Faults: string list
        Form: LossForm
        /// Where the fused kernel knows it.
        Fused: FusedForm option
        Factor: float
        /// The sum over pairs in the place of their mean.
        Summed: bool
        /// Made from the targets, [B, L] or [L]: pairs where one is not above 0 do not count.
        Masks: (Targets -> torch.Tensor) list
        /// Made from the targets, [B, L] or [L]: factors of the pairs.
        Weights: (Targets -> torch.Tensor) list
    }

[<RequireQualifiedAccess>]
module internal LossTerm =

    /// A name that says what is done to the term.
    let name (t: LossTerm) : string =
        [
            if not t.Weights.IsEmpty then
                fun name -> $"weighted ({name})"
            if not t.Masks.IsEmpty then
                fun name -> $"masked ({name})"
            if t.Summed then
                fun name -> $"summed ({name})"
            if t.Factor <> 1.0 then
                fun name -> $"{t.Factor} ({name})"
        ]
        |> List.fold (fun name decorate -> decorate name) t.Name
