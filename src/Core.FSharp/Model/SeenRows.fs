namespace Limen.Core

open Limen.Kernels

/// Rows that a model learned from, found by the training rows that it holds for their neighbours' sake.
[<RequireQualifiedAccess>]
module SeenRows =

    /// Above this cosine, two rows are the same up to rounding.
    let private same = 0.9999f

    /// How many of the rows [N, D] have the features of a training row: N or nearly so where these are training rows. None where the model holds none.
    let count (x: CsrMatrix) (model: Model) : int option =
        match model.Ranker.Local with
        | Some {
                   Signal = {
                                Voters = Some votes
                                Reads = [ RowFeatures ]
                            }
               } ->
            votes.Of x
            |> Array.filter (Array.exists (fun neighbour -> neighbour.Cosine > same))
            |> Array.length
            |> Some
        | _ -> None
