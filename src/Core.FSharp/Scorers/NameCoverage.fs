namespace Limen.Core

open Limen
open Limen.Kernels

/// Of each term the labels in whose names it stands, and its share of the name.
[<ReferenceEquality>]
type NameShares =
    {
        /// [D, L]; the shares of a label whose name has a known term add up to 1.
        Shares: CsrMatrix
    }

/// How much of a label's name a row has: m = 2 s - 1, s the summed weights of the name's terms that the row has, over those of all its terms. 1 where all of the name stands in the
/// row, -1 where nothing does, and for a label whose name has no known term. Weights are the features of the name, so TF-IDF for texts. A frequent label has better evidence than its name;
/// for a label of few rows, or none, it is often the best (docs/text.md). Learns nothing from rows.
[<RequireQualifiedAccess>]
module NameCoverage =

    /// Of names as rows (NamedLabels.rows): features [M, D], all above 0, and of each row its one label [M, L], no label twice.
    let ofNames (names: Dataset) : NameShares =
        let whole =
            Array.init names.Rows (fun row ->
                Csr.row row names.Features
                |> Array.sumBy (fun struct (_, weight) -> float weight))

        let rowOf = Array.create names.Labels.Columns -1

        for row in 0 .. names.Rows - 1 do
            rowOf[names.Labels.Indices[names.Labels.RowStart[row]]] <- row

        let ofLabel label =
            match rowOf[label] with
            | -1 -> [||]
            | row ->
                Csr.row row names.Features
                |> Array.map (fun struct (term, weight) -> struct (term, float32 (float weight / whole[row])))

        {
            Shares =
                Array.init rowOf.Length ofLabel
                |> Csr.ofRows names.Features.Columns
                |> Csr.transpose
        }

    /// m [B, L] of the chosen rows of x [N, D]; which terms a row has matters, and not how much of them.
    let margins (x: CsrMatrix) (names: NameShares) : BatchScorer =
        let shares = names.Shares
        Shape.require (nameof x) "[D]" [ shares.Rows ] [ x.Columns ]

        fun rows ->
            let m = new DenseMatrix(rows.Length, shares.Columns)
            m.Span.Fill -1f

            rows
            |> Array.iteri (fun i row ->
                let ofRow = m.Row i

                for at in x.RowStart[row] .. x.RowStart[row + 1] - 1 do
                    if x.Values[at] <> 0f then
                        let term = x.Indices[at]

                        for place in shares.RowStart[term] .. shares.RowStart[term + 1] - 1 do
                            let label = shares.Indices[place]
                            ofRow[label] <- ofRow[label] + 2f * shares.Values[place])

            m

    let private tag = "name-coverage"

    let private unfit (sizes: Sizes) (names: NameShares) : string list =
        Unfit.sparse "shares of names" (sizes.FeatureCount, sizes.LabelCount) names.Shares
        @ Unfit.shares "shares of names" names.Shares

    let private fitted (names: NameShares) : FittedScorer =
        Scorer.withoutThreshold (Stored.create tag unfit names) (fun x -> margins x names)

    /// The scorer of these names.
    let scorer (names: Dataset) : Scorer =
        let shares = ofNames names
        Scorer.create tag [] (fun _ -> fitted shares)

    /// How a fitted one is read back.
    let codec: Codec<FittedScorer> = Codec.create tag fitted
