namespace Limen.Core

open System
open Limen.Kernels

/// How a term's weight grows with its count tf in a row.
type TermFrequency =
    /// tf.
    | Raw
    /// 1 + ln tf; 0 for tf = 0.
    | Sublinear

/// TF-IDF weights fitted on training rows, for count features [N, D]: one IDF a feature.
type TfIdfWeights = { Tf: TermFrequency; Idf: float32[] }

[<RequireQualifiedAccess>]
module TfIdfWeights =

    /// ln((1 + N) / (1 + df)) + 1 for each feature of document frequency df [D]: a feature in every row keeps weight 1 (Salton and Buckley 1988
    /// with add-one smoothing, as scikit-learn's TfidfTransformer,
    /// https://scikit-learn.org/stable/modules/feature_extraction.html).
    let idf (rows: int) (df: int[]) : float32[] =
        df
        |> Array.map (fun n -> float32 (log (float (1 + rows) / float (1 + n)) + 1.0))

    /// Fits on the counts of training rows; df of a feature is the number of rows with an entry other than 0.
    let fit (tf: TermFrequency) (counts: CsrMatrix) : TfIdfWeights =
        let df = Array.zeroCreate counts.Columns

        for at in 0 .. counts.NonZeros - 1 do
            if counts.Values[at] <> 0f then
                df[counts.Indices[at]] <- df[counts.Indices[at]] + 1

        { Tf = tf; Idf = idf counts.Rows df }

    let private frequency tf (count: float32) =
        match tf with
        | Raw -> float count
        | Sublinear when count > 0f -> 1.0 + log (float count)
        | Sublinear -> 0.0

    /// tf(count) * IDF, each row divided by its Euclidean norm; a zero row stays zero. Throws ArgumentException where
    /// the columns are not the fitted ones, and for a negative count under Sublinear.
    let apply (weights: TfIdfWeights) (counts: CsrMatrix) : CsrMatrix =
        if counts.Columns <> weights.Idf.Length then
            invalidArg (nameof counts) $"expected {weights.Idf.Length} columns, received {counts.Columns}"

        if
            weights.Tf = Sublinear
            && counts.Values.AsSpan(0, counts.NonZeros).ContainsAnyInRange(Single.NegativeInfinity, -Single.Epsilon)
        then
            invalidArg (nameof counts) "expected counts of 0 or more, received a negative value"

        let values = GC.AllocateUninitializedArray<float32> counts.NonZeros

        let weighRow row =
            let first, last = counts.RowStart[row], counts.RowStart[row + 1] - 1
            let mutable squares = 0.0

            for at in first..last do
                let w =
                    frequency weights.Tf counts.Values[at] * float weights.Idf[counts.Indices[at]]

                values[at] <- float32 w
                squares <- squares + w * w

            let norm = sqrt squares

            if norm > 0.0 then
                for at in first..last do
                    values[at] <- float32 (float values[at] / norm)

        if counts.Rows < 256 then
            Seq.iter weighRow (seq { 0 .. counts.Rows - 1 })
        else
            Cancellation.iter counts.Rows weighRow

        CsrMatrix.Trusted(counts.Rows, counts.Columns, counts.RowStart, counts.Indices, values)
