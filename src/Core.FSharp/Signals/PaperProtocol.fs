namespace Limen.Core

open Limen.Kernels

/// Labels leaked. The evaluation of the authors' public code (arXiv 2505.03118), which computes both signals of a row
/// from the row's own true labels, in validation too. It exists to reproduce the paper's ordering of methods and
/// nothing else: no row to predict has labels, so no fitted signal can use it. Reports that do must say "labels leaked".
[<RequireQualifiedAccess>]
module PaperProtocol =

    /// What reports that use this module print beside their numbers.
    let warning = "labels leaked"

    let private shares (labels: CsrMatrix) =
        labels
        |> Csr.mapValues (fun r _ v -> v / float32 (labels.RowStart[r + 1] - labels.RowStart[r]))

    /// Labels leaked. (Y Y' / |y|) Y over the true label sets Y [B, L] of one batch, the row itself among its own neighbours:
    /// value (i, l) = sum_j |Y_i and Y_j| y_jl / |Y_i|; a row without labels is empty.
    let knnFromTrueLabels (trueLabels: CsrMatrix) : CsrMatrix =
        let counts = LabelAgreement.cooccurrence trueLabels
        let shares = shares trueLabels

        SparseRows.build trueLabels.Rows trueLabels.Columns (fun sums i ->
            for struct (m, share) in Csr.row i shares do
                for struct (l, n) in Csr.row m counts do
                    sums.Add(l, float share * float n)

            sums.DrainRow())

    /// Labels leaked. y / |y| [B, L], which the authors' code calls TF-IDF though no IDF is in it; a row without labels is empty.
    let tfIdfFromTrueLabels (trueLabels: CsrMatrix) : CsrMatrix = shares trueLabels
