namespace Limen.Core

open System
open Limen.Kernels

/// A stack whose logistic sum is corrected by trees shared by all labels: what margins, votes and rarity say together. As many trees are grown as folds of the held-out
/// rows support, none where they support none.
[<RequireQualifiedAccess>]
module BoostedStack =

    let private folds = 3
    let private most = 150
    /// Trees without a lower loss on a fold's own rows before its growing ends.
    let private patience = 20
    let private rate = 0.1

    /// What growing reads of P pairs.
    [<NoEquality; NoComparison>]
    type private Pairs =
        {
            Binned: BinnedPairs
            Row: int[]
            Hit: bool[]
            /// How much each pair's row counts.
            Weight: float[]
            /// Of the stack without trees.
            Start: float[]
        }

    let private pairsOf (weights: float32[] option) (lists: CandidateScores) labels (Scores z) : Pairs =
        let local = lists.Local
        let row = Array.zeroCreate local.NonZeros

        for r in 0 .. local.Rows - 1 do
            Array.fill row local.RowStart[r] (local.RowStart[r + 1] - local.RowStart[r]) r

        let weight =
            row
            |> Array.map (fun r -> weights |> Option.map (fun w -> float w[r]) |> Option.defaultValue 1.0)

        let values (m: CsrMatrix) = m.Values[.. m.NonZeros - 1]
        let start = values z |> Array.map float

        let curvature =
            Array.map2 (fun w z -> let p = Logistic.ofLogit z in w * p * (1.0 - p)) weight start

        {
            Binned =
                TreeGrowing.bin
                    lists.Margins.Length
                    curvature
                    [|
                        yield! lists.Margins |> Array.map values
                        yield values local
                        yield values lists.Rarity
                    |]
            Row = row
            Hit = Stacking.hits lists labels
            Weight = weight
            Start = start
        }

    /// ln(1 + e^z) - y z.
    let private loss (hit: bool) (z: float) =
        max z 0.0 + Math.Log(1.0 + exp -(abs z)) - (if hit then z else 0.0)

    /// Grows up to so many trees on the pairs that are inside; also the summed loss of those that are not, before the first tree and after each.
    let private grow (trees: int) (patience: int) (inside: bool[]) (pairs: Pairs) : FusionTrees list * float list =
        let z = Array.copy pairs.Start
        let gradient = Array.zeroCreate<float32> z.Length
        let curvature = Array.zeroCreate<float32> z.Length

        let outsideLoss () =
            Seq.init z.Length id
            |> Seq.sumBy (fun at ->
                if inside[at] then
                    0.0
                else
                    pairs.Weight[at] * loss pairs.Hit[at] z[at])

        let slopes at =
            if inside[at] then
                let p = Logistic.ofLogit z[at]
                gradient[at] <- float32 (pairs.Weight[at] * (if pairs.Hit[at] then p - 1.0 else p))
                curvature[at] <- float32 (pairs.Weight[at] * p * (1.0 - p))

        let rec further (grown: FusionTrees list) (losses: float list) since =
            if grown.Length = trees || since > patience then
                List.rev grown, List.rev losses
            else
                Cancellation.iter z.Length slopes
                let tree, values = TreeGrowing.grow rate pairs.Binned gradient curvature
                Cancellation.iter z.Length (fun at -> z[at] <- z[at] + float values[at])
                let now = outsideLoss ()
                further (tree :: grown) (now :: losses) (if now < List.min losses then 0 else since + 1)

        further [] [ outsideLoss () ] 0

    /// The stack of the held-out rows with its trees, and the scores of the same pairs, of labels of this rarity [L], by trees that had not seen their rows. seed: of the folds; scorings: how often
    /// each row was scored (Folds.ofScores).
    let fit
        (seed: Seed)
        (scorings: int)
        (rarity: float32[])
        (weights: float32[] option)
        (lists: CandidateScores)
        (labels: LabelSets)
        : Stack * Scores =
        let (LabelSets truth) = labels

        let plain = Stacking.fit weights lists labels

        let pairs = pairsOf weights lists labels (Stacking.apply plain lists)

        let foldOf =
            Csr.selectRows [| 0 .. truth.Rows / scorings - 1 |] truth
            |> LabelSets
            |> Folds.stratified folds seed
            |> Folds.repeat scorings

        let each =
            [
                for fold in 0 .. folds - 1 ->
                    let inside = pairs.Row |> Array.map (fun row -> foldOf[row] <> fold)
                    grow most patience inside pairs
            ]

        let shortest = each |> List.map (snd >> List.length) |> List.min

        let supported =
            Seq.init shortest (fun trees -> each |> List.sumBy (fun (_, losses) -> losses[trees]))
            |> Seq.indexed
            |> Seq.minBy snd
            |> fst

        let stack trees =
            { plain with
                Trees = FusionTrees.concat trees
            }

        let asNew = lists |> CandidateScores.withRarity rarity

        if supported = 0 then
            plain, Stacking.apply plain asNew
        else
            let ofFolds =
                each
                |> List.map (fun (trees, _) -> Stacking.apply (stack (List.take supported trees)) asNew)
                |> List.toArray

            let values =
                pairs.Row
                |> Array.mapi (fun at row -> let (Scores z) = ofFolds[foldOf[row]] in z.Values[at])

            let all =
                grow supported Int32.MaxValue (Array.create pairs.Row.Length true) pairs |> fst

            let local = lists.Local
            stack all, Scores(CsrMatrix.Trusted(local.Rows, local.Columns, local.RowStart, local.Indices, values))
