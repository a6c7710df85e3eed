namespace Limen.Core

/// One label of a per-label table.
type LabelRow =
    {
        /// The label's id.
        Label: int
        /// Positives in the training rows, n_l.
        TrainingSupport: int
        /// Positives in the rows measured, TP + FN.
        Support: int
        Confusion: Confusion
        Precision: float
        Recall: float
        F1: float
    }

/// A range of training supports: at least AtLeast, and below the AtLeast of the bucket before it.
type Bucket = { Name: string; AtLeast: int }

/// The labels of one bucket together.
type BucketRow =
    {
        Bucket: Bucket
        /// Labels in the bucket.
        Labels: int
        /// Labels of the bucket that are true for some row measured.
        Present: int
        /// Labels of the bucket that are predicted for some row.
        Predicted: int
        /// The pairs of all labels of the bucket.
        Confusion: Confusion
        /// Over all labels of the bucket, 0/0 = 0 (convention A).
        MacroF1: float
        /// Over the labels of the bucket with test positives (convention C).
        MacroF1Present: float
        MicroF1: float
    }

/// Where a model is strong and where it is blind: per label, and per range of training support.
[<RequireQualifiedAccess>]
module Tables =

    /// Head (50 training rows or more), torso (10 to 49), tail (1 to 9), unseen (none).
    let headTorsoTail =
        [
            { Name = "head"; AtLeast = 50 }
            { Name = "torso"; AtLeast = 10 }
            { Name = "tail"; AtLeast = 1 }
            { Name = "unseen"; AtLeast = 0 }
        ]

    /// Frequent (more than 50 training rows), few (1 to 50), zero (none): the cuts of EURLEX57K, Chalkidis et al. 2019,
    /// https://arxiv.org/abs/1906.02192.
    let frequentFewZero =
        [
            { Name = "frequent"; AtLeast = 51 }
            { Name = "few"; AtLeast = 1 }
            { Name = "zero"; AtLeast = 0 }
        ]

    let private requireSupport (trainingSupport: int[]) (c: Counts) =
        Shape.require (nameof trainingSupport) "[L]" [ c.Labels ] [ trainingSupport.Length ]

    /// One row per label, in the order of their ids; 0/0 = 0. ArgumentException when the numbers of labels differ.
    let perLabel (trainingSupport: int[]) (c: Counts) : LabelRow[] =
        requireSupport trainingSupport c

        Counts.perLabel c
        |> Array.mapi (fun label confusion ->
            {
                Label = label
                TrainingSupport = trainingSupport[label]
                Support = int (confusion.TP + confusion.FN)
                Confusion = confusion
                Precision = Ratio.precision AsZero confusion
                Recall = Ratio.recall AsZero confusion
                F1 = Ratio.f1 AsZero confusion
            })

    let private ofLabels bucket (labels: LabelRow[]) : BucketRow =
        let present = labels |> Array.filter (fun row -> row.Support > 0)

        let all =
            labels
            |> Array.fold (fun sum row -> Confusion.add sum row.Confusion) Confusion.zero

        {
            Bucket = bucket
            Labels = labels.Length
            Present = present.Length
            Predicted =
                labels
                |> Array.filter (fun r -> r.Confusion.TP + r.Confusion.FP > 0L)
                |> Array.length
            Confusion = all
            MacroF1 = labels |> Array.map _.F1 |> Average.meanOrZero
            MacroF1Present = present |> Array.map _.F1 |> Average.meanOrZero
            MicroF1 = Ratio.f1 AsZero all
        }

    /// One row per bucket, the highest cut first. Each label stands in the first bucket whose cut its training support
    /// reaches; a label below every cut in none. ArgumentException when the numbers of labels differ.
    let perBucket (buckets: Bucket list) (trainingSupport: int[]) (c: Counts) : BucketRow list =
        let ordered = buckets |> List.sortByDescending _.AtLeast

        let placed =
            perLabel trainingSupport c
            |> Array.groupBy (fun row -> ordered |> List.tryFind (fun b -> row.TrainingSupport >= b.AtLeast))
            |> Map.ofArray

        [
            for bucket in ordered ->
                placed
                |> Map.tryFind (Some bucket)
                |> Option.defaultValue [||]
                |> ofLabels bucket
        ]

    /// The share of the L labels that are predicted for some row; 0 without labels.
    let everPredicted (c: Counts) : float =
        Average.macro (fun label -> if label.TP + label.FP > 0L then 1.0 else 0.0) c

    /// The share of the L labels that are predicted for no row; 0 without labels.
    let neverPredicted (c: Counts) : float =
        Average.macro (fun label -> if label.TP + label.FP > 0L then 0.0 else 1.0) c
