namespace Limen.Core

open System
open System.Runtime.InteropServices
open System.Text
open Limen.Kernels

/// The functions of LightGBM's C interface (https://lightgbm.readthedocs.io/en/v4.6.0/C-API.html) that are used here. Each returns 0, or something else where
/// it failed.
module private Native =

    [<Literal>]
    let private Library = "lib_lightgbm"

    [<DllImport(Library)>]
    extern nativeint LGBM_GetLastError()

    [<DllImport(Library)>]
    extern int LGBM_DatasetCreateFromCSR(
        int[] rowStart,
        int rowStartType,
        int[] indices,
        float32[] values,
        int valueType,
        int64 rowStarts,
        int64 entries,
        int64 columns,
        string parameters,
        nativeint reference,
        nativeint& dataset
    )

    [<DllImport(Library)>]
    extern int LGBM_DatasetSetField(nativeint dataset, string field, float32[] values, int length, int valueType)

    [<DllImport(Library)>]
    extern int LGBM_DatasetFree(nativeint dataset)

    [<DllImport(Library)>]
    extern int LGBM_BoosterCreate(nativeint dataset, string parameters, nativeint& booster)

    [<DllImport(Library)>]
    extern int LGBM_BoosterUpdateOneIter(nativeint booster, int& isFinished)

    [<DllImport(Library)>]
    extern int LGBM_BoosterSaveModelToString(
        nativeint booster,
        int first,
        int count,
        int importance,
        int64 size,
        int64& length,
        byte[] text
    )

    [<DllImport(Library)>]
    extern int LGBM_BoosterPredictForCSR(
        nativeint booster,
        int[] rowStart,
        int rowStartType,
        int[] indices,
        float32[] values,
        int valueType,
        int64 rowStarts,
        int64 entries,
        int64 columns,
        int kind,
        int first,
        int count,
        string parameters,
        int64& length,
        float[] result
    )

    [<DllImport(Library)>]
    extern int LGBM_BoosterFree(nativeint booster)

    let float32Type = 0
    let int32Type = 2

    let require (status: int) : unit =
        if status <> 0 then
            invalidOp $"LightGBM: {Marshal.PtrToStringUTF8(LGBM_GetLastError())}"

/// Trees of one label under way or done, in native memory.
[<Sealed>]
type internal Booster(handle: nativeint) =

    /// Grows so many trees; fewer where no split helps any more.
    member _.Grow(trees: int) : unit =
        let mutable finished = 0
        let mutable grown = 0

        while finished = 0 && grown < trees do
            Native.require (Native.LGBM_BoosterUpdateOneIter(handle, &finished))
            grown <- grown + 1

    /// The trees in LightGBM's own text form.
    member _.Text: string =
        let mutable length = 0L
        Native.require (Native.LGBM_BoosterSaveModelToString(handle, 0, -1, 0, 0L, &length, null))
        let text = Array.zeroCreate (int length)
        Native.require (Native.LGBM_BoosterSaveModelToString(handle, 0, -1, 0, length, &length, text))
        // a zero ends it
        Encoding.UTF8.GetString(text, 0, text.Length - 1)

    /// LightGBM's own raw scores [N] of rows x [N, D], which the library's evaluation is held to.
    member _.RawScores(x: CsrMatrix) : float[] =
        let rawScore = 1
        let mutable length = 0L
        let scores = Array.zeroCreate x.Rows

        Native.require (
            Native.LGBM_BoosterPredictForCSR(
                handle,
                x.RowStart,
                Native.int32Type,
                x.Indices,
                x.Values,
                Native.float32Type,
                x.RowStart.LongLength,
                int64 x.NonZeros,
                int64 x.Columns,
                rawScore,
                0,
                -1,
                "",
                &length,
                scores
            )
        )

        scores

    interface IDisposable with
        member _.Dispose() =
            Native.LGBM_BoosterFree handle |> ignore

/// Rows of features in LightGBM's bins, in native memory: binned once, learned from once for each label.
[<Sealed>]
type internal BinnedRows(x: CsrMatrix, weights: float32[] option, parameters: string) =

    let handle =
        let mutable handle = 0n

        Native.require (
            Native.LGBM_DatasetCreateFromCSR(
                x.RowStart,
                Native.int32Type,
                x.Indices,
                x.Values,
                Native.float32Type,
                x.RowStart.LongLength,
                int64 x.NonZeros,
                int64 x.Columns,
                parameters,
                0n,
                &handle
            )
        )

        handle

    let setField (field: string) (values: float32[]) =
        Native.require (Native.LGBM_DatasetSetField(handle, field, values, values.Length, Native.float32Type))

    do weights |> Option.iter (setField "weight")

    /// A booster for targets [N], before its first tree. It must be done with before the next one is made of the same rows.
    member _.Booster(targets: float32[], parameters: string) : Booster =
        setField "label" targets
        let mutable booster = 0n
        Native.require (Native.LGBM_BoosterCreate(handle, parameters, &booster))
        new Booster(booster)

    interface IDisposable with
        member _.Dispose() =
            Native.LGBM_DatasetFree handle |> ignore
