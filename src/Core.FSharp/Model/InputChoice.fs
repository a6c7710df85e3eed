namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// A way to make features of rows.
[<NoEquality; NoComparison>]
type InputCandidate =
    {
        Name: string
        /// Fits on training rows.
        Fit: Rows -> InputSpace
    }

/// A choice among candidates, with what held-out rows said of each.
[<NoEquality; NoComparison>]
type InputChoice =
    {
        /// Which one was chosen.
        Name: string
        /// It, fitted on all training rows.
        Input: InputSpace
        /// Every candidate with its mean over the folds; empty where there was but one.
        Figures: (string * float) list
    }

/// Which of several ways to make features of rows suits them: each is fitted on two thirds of the training rows, two quick models are fitted on its features, and the third
/// that they had not seen says how good they are. A third each time, so that every row is asked once.
[<RequireQualifiedAccess>]
module InputChoice =

    /// The choice is the rows' own: models of different seeds see the same features.
    let private seed = Seed.ofInt 1

    let private folds = 3

    /// Training rows that are looked at, fewer where rows are wide.
    let private rowsFor (width: int) =
        2_000_000 / max 1 width |> max 300 |> min 2_000

    /// Labels that are looked at: the most frequent ones.
    let private mostLabels = 50

    let private silent =
        { new IProgress<float> with
            member _.Report _ = ()
        }

    /// f(x) of one-vs-rest linear models of the training rows.
    let private linear (train: Dataset) (x: CsrMatrix) : CsrMatrix =
        Linear.fit
            { LinearOptions.standard with
                Seed = seed
            }
            silent
            CancellationScope.Token
            train
        |> Linear.scores train.Labels.Columns (Csr.empty x.Rows train.Labels.Columns) x

    /// The votes of the nearest training rows.
    let private votes (train: Dataset) (x: CsrMatrix) : CsrMatrix =
        (FeatureKnn.fit FeatureKnnOptions.standard train |> FeatureKnn.apply x).Values

    /// The mean over labels of the average precision of each quick model, and over the models: no threshold has a part in it.
    let private precision (train: Dataset) (held: Dataset) : float =
        [ linear; votes ]
        |> List.averageBy (fun quick ->
            let scores = Scores(quick train held.Features)

            { Evidence.ofScores scores held.Truth with
                Weights = held.Weights
            }
            |> Metric.number Curves.macroAp)

    /// The rows that are looked at, with their most frequent labels alone.
    let private sample (train: LabelledRows) : LabelledRows =
        let most = train.Rows.Dimension |> Option.defaultValue 1 |> rowsFor
        let rows = (Seed.permutation train.Count seed)[.. min most train.Count - 1]
        let some = LabelledRows.selectRows (Array.sort rows) train

        let labels =
            Csr.columnCounts some.Truth.Matrix
            |> Array.indexed
            |> Array.sortBy (fun (_, n) -> -n)
            |> Array.truncate mostLabels
            |> Array.map fst
            |> Array.sort

        { some with
            Space = LabelSpace(labels |> Array.map some.Space.Name)
            Truth = LabelSets(Csr.transpose some.Truth.Matrix |> Csr.selectRows labels |> Csr.transpose)
        }

    /// A candidate's figure in each fold.
    let private figures (foldOf: int[]) (rows: LabelledRows) (candidate: InputCandidate) : float list =
        [
            for fold in 0 .. folds - 1 do
                let inside, outside = Folds.split fold foldOf
                let part chosen = LabelledRows.selectRows chosen rows
                let input = candidate.Fit (part outside).Rows
                precision (LabelledRows.dataset input (part outside)) (LabelledRows.dataset input (part inside))
        ]

    /// The standard error of the mean of paired differences.
    let private error (best: float list) (other: float list) =
        let differences = List.map2 (-) best other
        let mean = List.average differences
        let n = float differences.Length
        sqrt ((differences |> List.sumBy (fun d -> (d - mean) ** 2.0)) / (n * (n - 1.0)))

    /// The place of the first list of figures whose mean falls behind the largest by at most a standard error of the differences.
    let internal simplestOfBest (figures: float list list) : int =
        let best = figures |> List.maxBy List.average

        figures
        |> List.findIndex (fun own -> List.average best - List.average own <= error best own)

    /// Chooses among candidates, at least one, the simplest first: the first one that is level with the best, fitted on all training rows. With fewer than 30 rows the first.
    let choose (candidates: InputCandidate list) (train: LabelledRows) : InputChoice =
        let chosen figures (candidate: InputCandidate) =
            {
                Name = candidate.Name
                Input = candidate.Fit train.Rows
                Figures = figures
            }

        match candidates with
        | first :: rest when rest.IsEmpty || train.Count < 30 -> chosen [] first
        | _ ->
            let rows = sample train
            let foldOf = Folds.stratified folds seed rows.Truth
            let each = candidates |> List.map (figures foldOf rows)

            let means =
                List.map2 (fun (c: InputCandidate) own -> c.Name, List.average own) candidates each

            candidates[simplestOfBest each] |> chosen means

    /// The input space of training rows: of texts through vectorisers, of features as their kind says, and of those whose kind is to be judged as held-out rows say; of blocks, each by itself. Throws as
    /// InputSpace.fit does.
    let rec fit (vectorisers: VectoriserOptions list) (kind: FeatureKind) (train: LabelledRows) : InputChoice =
        InputSpace.faults vectorisers kind train.Rows |> Configuration.require

        let ofKind kind =
            {
                Name = string kind
                Fit = InputSpace.fit vectorisers kind
            }

        match train.Rows, Rows.tryFeatures train.Rows with
        | Rows.Blocks blocks, _ ->
            let ofBlock (block: Rows) =
                let kind = if block.IsTexts then FeatureKind.Automatic else kind
                fit vectorisers kind { train with Rows = block }

            let each = blocks |> List.map ofBlock

            {
                Name = each |> List.map _.Name |> String.concat ", "
                Input = each |> List.map _.Input |> InputSpace.Blocks
                Figures = each |> List.collect _.Figures
            }
        | _, None -> choose [ ofKind kind ] train
        | _, Some x ->
            let known = ColumnChoice.ofEntries x
            let x = ColumnChoice.apply known x

            let kinds =
                if kind = FeatureKind.Automatic then
                    InputSpace.kinds x
                else
                    [ kind ]

            let chosen = { train with Rows = Rows.Features x } |> choose (List.map ofKind kinds)

            { chosen with
                Input = InputSpace.among known chosen.Input
            }
