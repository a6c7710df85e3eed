namespace Limen.Core

/// How often labels occur in the training rows: N rows, n_l of them with label l; weighted sums where rows have weights.
type LabelCounts =
    {
        /// N.
        Rows: float
        /// n_l [L].
        Positives: float[]
    }

    /// The mean number of labels of a row; 0 without rows.
    member c.Cardinality = if c.Rows > 0.0 then Array.sum c.Positives / c.Rows else 0.0

[<RequireQualifiedAccess>]
module LabelCounts =

    /// The counts of the rows of a data set.
    let ofRows (d: Dataset) : LabelCounts =
        match d.Weights with
        | None ->
            {
                Rows = float d.Rows
                Positives = Csr.columnCounts d.Labels |> Array.map float
            }
        | Some weights ->
            let positives = Array.zeroCreate d.Labels.Columns

            for row in 0 .. d.Rows - 1 do
                for l in d.Labels.RowIndices row do
                    positives[l] <- positives[l] + float weights[row]

            {
                Rows = weights |> Array.sumBy float
                Positives = positives
            }

    /// From n_l [L], the training positives of each label in N rows.
    let create (rows: int) (positives: int[]) : LabelCounts =
        {
            Rows = float rows
            Positives = positives |> Array.map float
        }

    /// The same among L labels, of which those that come in addition have no rows. Throws ArgumentException where there are more labels than L already.
    let widen (labels: int) (counts: LabelCounts) : LabelCounts =
        let missing = labels - counts.Positives.Length

        if missing < 0 then
            invalidArg (nameof labels) $"expected at least {counts.Positives.Length} labels, received {labels}"

        { counts with
            Positives = Array.append counts.Positives (Array.zeroCreate missing)
        }

    /// What losses are checked on before the data are known.
    let internal sample = create 100 [| 10 |]
