namespace Limen.Core

open Limen
open TorchSharp

/// Pairwise logistic losses: every positive above every negative. Per label it bounds one minus the macro-AUC (Wu et al. 2023,
/// https://arxiv.org/abs/2305.05248), globally it is the Mann-Whitney loss (https://arxiv.org/abs/2510.00137).
[<RequireQualifiedAccess>]
module Pairwise =

    /// mean over columns (labels, rows, or the one batch) that have both kinds of mean over their pairs of softplus(-(m+ - m-)); y > 1/2 is
    /// positive. Without any such column 0. A constant added to a column changes nothing. Memory: [positives, column length].
    let value (scope: LossScope) (targets: Targets) (margins: Margins) : torch.Tensor =
        let (Margins m) = margins
        let a = m |> LossScope.columns scope
        let length, columns = int a.shape[0], int a.shape[1]

        let positive =
            Bce.truth targets margins
            |> LossScope.columns scope
            |> Tensors.toArray
            |> Array.map (fun y -> y > 0.5f)

        let counts = Array.zeroCreate<int> columns

        positive
        |> Array.iteri (fun at isPositive ->
            if isPositive then
                counts[at % columns] <- counts[at % columns] + 1)

        let mixed c = counts[c] > 0 && counts[c] < length
        let count = Seq.filter mixed (seq { 0 .. columns - 1 }) |> Seq.length

        let chosen =
            [|
                for at in 0 .. positive.Length - 1 do
                    if positive[at] && mixed (at % columns) then
                        at
            |]

        if chosen.Length = 0 then
            Loss.nothing m
        else
            let rows (ids: int[]) (x: torch.Tensor) =
                x.index_select (0L, torch.from_array(Array.map int64 ids).``to`` m.device)

            // one row for each positive: its column's scores against its own
            let own = a.reshape [| -1L; 1L |] |> rows chosen
            let against = a.t () |> rows (chosen |> Array.map (fun at -> at % columns))

            let weights =
                chosen
                |> Array.collect (fun at ->
                    let c = at % columns
                    let n = float32 (float count * float counts[c] * float (length - counts[c]))
                    Array.init length (fun r -> if positive[r * columns + c] then 0f else 1f / n))

            let weights =
                torch.from_array(weights).reshape([| int64 chosen.Length; int64 length |]).``to``(m.dtype, m.device)

            (Tensors.softplus (against - own) * weights).sum()

    /// The loss of a batch over the pairs of a scope.
    let loss (scope: LossScope) : Loss =
        Loss.ofBatch $"pairwise-{LossScope.name scope}" [] (value scope)

    /// In the registry.
    let entry: LossEntry =
        {
            Door = "Pairwise"
            Source = "https://arxiv.org/abs/2305.05248, https://arxiv.org/abs/2510.00137"
            Examples = fun _ -> LossScope.all |> List.map loss
            Faulty = []
        }
