namespace Limen.Core

open System
open Limen.Kernels

/// What stands in for missing values (NaN) of features [N, D]: the training rows' median of the feature, and for each feature of which the training rows
/// lack a value a further feature that is 1 where it is missing, 0 elsewhere: D + M features in all.
type Imputer =
    {
        /// Of the values that are not missing, absent entries being 0 [D]; 0 for a feature that no training row has.
        Medians: float32[]
        /// The features with an indicator, ascending [M].
        Indicated: int[]
    }

[<RequireQualifiedAccess>]
module Imputer =

    /// Fits on training rows [N, D].
    let fit (x: CsrMatrix) : Imputer =
        let byFeature = Csr.transpose x

        {
            Medians = Cancellation.init x.Columns (FeatureValues.median byFeature >> float32)
            Indicated = FeatureValues.withMissing x
        }

    /// D + M, the number of features with indicators.
    let dimension (imputer: Imputer) : int =
        imputer.Medians.Length + imputer.Indicated.Length

    let private filled (imputer: Imputer) (x: CsrMatrix) row : struct (int * float32)[] =
        let entries = Csr.row row x

        [|
            for struct (c, v) in entries do
                struct (c, (if Single.IsNaN v then imputer.Medians[c] else v))

            for struct (c, v) in entries do
                if Single.IsNaN v then
                    let at = Array.BinarySearch(imputer.Indicated, c)

                    if at >= 0 then
                        struct (imputer.Medians.Length + at, 1f)
        |]

    /// The rows [N, D + M] without missing values. A value that is missing where the training rows lack none gets its median alone.
    let apply (imputer: Imputer) (x: CsrMatrix) : CsrMatrix =
        let columns = dimension imputer

        if Array.isEmpty (FeatureValues.withMissing x) then
            Csr.widen columns x
        else
            Array.init x.Rows (filled imputer x) |> Csr.ofRows columns
