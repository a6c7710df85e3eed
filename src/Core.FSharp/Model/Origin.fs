namespace Limen.Core

open System
open System.Runtime.InteropServices
open System.Security.Cryptography
open Limen.Kernels

[<RequireQualifiedAccess>]
module Origin =

    let private append (hash: IncrementalHash) (values: 'number[]) (count: int) =
        hash.AppendData(MemoryMarshal.AsBytes(ReadOnlySpan(values, 0, count)))

    let private matrix (hash: IncrementalHash) (m: CsrMatrix) =
        append hash [| m.Rows; m.Columns |] 2
        append hash m.RowStart m.RowStart.Length
        append hash m.Indices m.NonZeros
        append hash m.Values m.NonZeros

    let hash (rows: Dataset) : string =
        use hash = IncrementalHash.CreateHash HashAlgorithmName.SHA256
        matrix hash rows.Features
        matrix hash rows.Labels
        rows.Weights |> Option.iter (fun w -> append hash w w.Length)
        Convert.ToHexStringLower(hash.GetCurrentHash())
