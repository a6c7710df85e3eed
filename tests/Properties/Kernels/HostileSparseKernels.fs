namespace Limen.Properties

open System
open System.IO
open Limen.Kernels

/// Every public kernel of sparse matrices.
[<RequireQualifiedAccess>]
module HostileSparseKernels =

    open HostileCalls

    let private linear (a: HostileArguments) =
        let labels = a.Small
        LinearWeights(a.Matrix(labels, 3), a.OrNull(a.Floats(int64 labels))) |> a.OrNull

    let private key (a: HostileArguments) : byte[] = Array.zeroCreate (a.Length 32L)

    /// By their names and those of their parameters.
    let all: HostileKernel list =
        [
            "CosineIndex.Build(rows)", fun a -> CosineIndex.Build(a.Matrix(a.Small, a.Small)) |> ignore
            "CosineIndex.LeaveOneOut(k)",
            fun a -> CosineIndex.Build(a.Matrix(a.Small, a.Small)).LeaveOneOut a.Size |> ignore
            "CosineIndex.Search(queries k)",
            fun a ->
                CosineIndex.Build(a.Matrix(a.Small, 3)).Search(a.Matrix(a.Small, 3), a.Size)
                |> ignore
            "CosineIndex.Plain(rows queries k excluded)",
            fun a ->
                CosineIndex.Plain(
                    a.Matrix(a.Small, 3),
                    a.Matrix(a.Small, 3),
                    a.Size,
                    a.OrNull(Func<int, int>(fun _ -> a.Size))
                )
                |> ignore
            "CsrFile.TryRead(path key)",
            fun a ->
                CsrFile.TryRead(a.OrNull(Path.Combine(Path.GetTempPath(), "no such file")), read (key a))
                |> ignore
            "CsrFile.Write(stream key matrices)",
            fun a ->
                use stream = new MemoryStream()
                CsrFile.Write(a.OrNull stream, read (key a), a.OrNull [| a.Matrix(a.Small, a.Small) |])
            "CsrMatrix.new(rows columns rowStart indices values)",
            fun a ->
                let rows = a.Size

                CsrMatrix(
                    rows,
                    a.Size,
                    a.OrNull(Array.append [| 0 |] (a.Ids(int64 rows, 3))),
                    a.OrNull(a.Ids(3L, 4)),
                    a.OrNull(a.Floats 3L)
                )
                    .Validate()
                |> ignore
            "CsrMatrix.Validate()",
            fun a ->
                (match a.Matrix(a.Small, a.Small) with
                 | null -> ()
                 | m -> m.Validate() |> ignore)
            "CsrMatrix.RowIndices(row)",
            fun a ->
                (match a.Matrix(a.Small, a.Small) with
                 | null -> ()
                 | m -> m.RowIndices(a.Size).Length |> ignore)
            "CsrMatrix.RowValues(row)",
            fun a ->
                (match a.Matrix(a.Small, a.Small) with
                 | null -> ()
                 | m -> m.RowValues(a.Size).Length |> ignore)
            "LinearScores.new(weights)", fun a -> LinearScores(linear a) |> ignore
            "LinearScores.Compute(k extra queries)",
            fun a ->
                let w =
                    LinearWeights(CsrMatrix(2, 3, [| 0; 1; 2 |], [| 0; 2 |], [| a.Number; 1f |]), [| 0f; a.Number |])

                let queries = a.Small

                LinearScores(w).Compute(a.Size, a.Matrix(queries, 2), a.Matrix(queries, 3))
                |> ignore
            "LinearScores.Block(queries rows output)",
            fun a ->
                let w =
                    LinearWeights(CsrMatrix(2, 3, [| 0; 1; 2 |], [| 0; 2 |], [| a.Number; 1f |]), [| 0f; a.Number |])

                let queries = a.Small
                let rows = a.Ids(2L, queries)
                LinearScores(w).Block(a.Matrix(queries, 3), read rows, span (a.Room(2L * int64 rows.Length)))
            "LinearScores.Plain(weights label queries row)",
            fun a -> LinearScores.Plain(linear a, a.Size, a.Matrix(a.Small, 3), a.Size) |> ignore
            "NeighbourVotes.Compute(neighbours power floor labels weights)",
            fun a ->
                let rows = a.Small

                NeighbourVotes.Compute(
                    a.Matrix(a.Small, rows),
                    float a.Number,
                    float a.Number,
                    a.Matrix(rows, a.Small),
                    a.OrNull(a.Floats(int64 rows))
                )
                |> ignore
            "SparseLayer.Forward(x rows weights bias output)",
            fun a ->
                let n, d, h = a.Small, a.Small, a.Small
                let rows = a.Ids(2L, n)

                SparseLayer.Forward(
                    a.Matrix(n, d),
                    read rows,
                    read (a.Floats(times d h)),
                    read (a.Floats(int64 h)),
                    span (a.Room(times rows.Length h))
                )
            "SparseLayer.ForwardPlain(x rows weights bias output)",
            fun a ->
                let n, d, h = a.Small, a.Small, a.Small
                let rows = a.Ids(2L, n)

                SparseLayer.ForwardPlain(
                    a.Matrix(n, d),
                    read rows,
                    read (a.Floats(times d h)),
                    read (a.Floats(int64 h)),
                    span (a.Room(times rows.Length h))
                )
            "SparseLayer.Backward(touched dOut gradient)",
            fun a ->
                let touched, h = touched a, a.Small

                SparseLayer.Backward(
                    a.OrNull touched,
                    read (a.Floats(times touched.BatchRows h)),
                    span (a.Room(times touched.Count h))
                )
            "SparseLayer.BackwardBias(dOut gradient)",
            fun a ->
                let h = a.Small
                SparseLayer.BackwardBias(read (a.Floats(times a.Small h)), span (a.Room h))
            "SparseLayer.BackwardPlain(x rows dOut weightGradient biasGradient)",
            fun a ->
                let n, d, h = a.Small, a.Small, a.Small
                let rows = a.Ids(2L, n)

                SparseLayer.BackwardPlain(
                    a.Matrix(n, d),
                    read rows,
                    read (a.Floats(times rows.Length h)),
                    span (a.Room(times d h)),
                    span (a.Room h)
                )
            "TouchedRows.new()", fun _ -> TouchedRows().Ids.Length |> ignore
            "TouchedRows.Gather(x rows)",
            fun a ->
                let t = TouchedRows()

                for _ in 0 .. a.Small do
                    let n = a.Small
                    t.Gather(a.Matrix(n, a.Small), read (a.Ids(3L, n)))
            "Transposed.Of(m)", fun a -> Transposed.Of(a.Matrix(a.Small, a.Small)) |> ignore
        ]
