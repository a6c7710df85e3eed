namespace Limen.Core.Reporting

open System
open Limen.Core
open Limen.Kernels

/// A model and what it said of the rows of a report, among labels that every model of the report has.
[<NoEquality; NoComparison>]
type internal Measured =
    {
        Model: Model
        /// The rows as the model reads them.
        Features: CsrMatrix
        /// M labels: the models', then those that only rows have.
        Labels: LabelSpace
        /// [N, M].
        Evidence: Evidence
        /// Training rows of each label [M]; 0 for one that the model does not know.
        Support: float[]
        /// The labels' rarity [M] in [0, 1], by IDF.
        Rarity: float[]
        /// The rule's threshold of each label [M], in log-odds; NaN where there is none.
        Thresholds: float[]
        /// [M], over the rows that count.
        Counts: Confusion[]
    }

[<RequireQualifiedAccess>]
module internal Measured =

    /// The same columns under the ids of another space, which has all of their names.
    let private renumber (source: LabelSpace) (target: LabelSpace) (m: CsrMatrix) : CsrMatrix =
        let ids =
            source.Names |> Seq.map (fun name -> (target.TryId name).Value) |> Seq.toArray

        if ids |> Seq.indexed |> Seq.forall (fun (i, id) -> i = id) then
            Csr.widen target.Count m
        else
            Array.init m.Rows (fun row ->
                Csr.row row m
                |> Array.map (fun struct (l, v) -> struct (ids[l], v))
                |> Array.sortBy (fun struct (l, _) -> l))
            |> Csr.ofSortedRows target.Count

    let private among source target (e: Evidence) : Evidence =
        let renumber = renumber source target

        { e with
            Predicted = e.Predicted |> Option.map (fun (LabelSets m) -> LabelSets(renumber m))
            Scores = e.Scores |> Option.map (fun (Scores m) -> Scores(renumber m))
            Probabilities =
                e.Probabilities
                |> Option.map (fun (PairProbabilities m) -> PairProbabilities(renumber m))
            // of the source's labels, and read by no metric of a report
            InversePropensities = None
            Truth = LabelSets(renumber e.Truth.Matrix)
        }

    /// What is known of the model's own labels, by the ids of another space.
    let private ofModel (missing: 'value) (target: LabelSpace) (model: Model) (values: 'value[]) : 'value[] =
        let all = Array.create target.Count missing

        values
        |> Array.iteri (fun l value -> all[(target.TryId(model.Labels.Name l)).Value] <- value)

        all

    let private rarity (support: float[]) (rows: float) : float[] =
        support
        |> Array.map (fun n -> float32 (log ((rows + 1.0) / (n + 1.0))))
        |> Rarity.ofIdf
        |> Array.map float

    let private create
        (target: LabelSpace)
        (source: LabelSpace, data: Dataset, evidence: Evidence)
        (model: Model)
        : Measured =
        let evidence = among source target evidence
        let counted = Evidence.counted evidence
        let support = ofModel 0.0 target model model.Counts.Positives

        {
            Model = model
            Features = data.Features
            Labels = target
            Evidence = evidence
            Support = support
            Rarity = rarity support model.Counts.Rows
            Thresholds =
                match FittedRule.thresholds model.Decision.Rule with
                | Some t -> t |> Array.map float |> ofModel nan target model
                | None -> Array.create target.Count nan
            Counts =
                Counts.ofSets counted.Weights counted.Predicted.Value counted.Truth
                |> Counts.perLabel
        }

    /// Each model on the same rows. Throws ArgumentException for rows of another kind than a model's.
    let ofModels (rows: LabelledRows) (models: Model list) : Measured list =
        let found = models |> List.map (Evaluation.ofRows rows)

        let target =
            found |> List.map (fun (space, _, _) -> space) |> List.reduce LabelSpace.union

        List.map2 (create target) found models

    /// Rows that have the label.
    let positives (label: int) (m: Measured) : float = m.Counts[label].TP + m.Counts[label].FN

    /// F1 of a label, 0/0 = 0.
    let f1 (label: int) (m: Measured) : float = Ratio.f1 AsZero m.Counts[label]
