namespace Limen.Core

/// Lists of numbers as labels: ids, or 0 and 1 for each label.
[<RequireQualifiedAccess>]
module IdLists =

    /// The labels of rows that say 0 or 1 for each of the same number of labels, named by their places, which count from `first`. None where the lists are something else, and
    /// where no row has a number twice: that they are ids is likelier then.
    let tryFlags (zero: 'n) (one: 'n) (first: int) (rows: 'n[][]) : FileLabels option =
        let width = rows |> Array.tryHead |> Option.map _.Length |> Option.defaultValue 0

        let areFlags =
            rows
            |> Array.forall (fun row -> row.Length = width && row |> Array.forall (fun v -> v = zero || v = one))
            && rows |> Array.exists (fun row -> (Array.distinct row).Length < row.Length)

        if areFlags then
            let set (row: 'n[]) =
                row |> Array.indexed |> Array.filter (fun (_, v) -> v = one) |> Array.map fst

            let sets = rows |> Array.map set
            Some(FileLabels.Ids(LabelSets(Csr.ofSets width sets), first))
        else
            None

    /// Labels by their ids, counted from 0 here and from `first` in the file.
    let ofIds (first: int) (sets: int[][]) : FileLabels =
        let largest = sets |> Seq.concat |> Seq.fold max -1
        FileLabels.Ids(LabelSets(Csr.ofSets (largest + 1) sets), first)
