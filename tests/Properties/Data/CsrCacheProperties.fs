module Limen.Properties.CsrCacheProperties

open System
open System.IO
open System.Threading
open System.Threading.Tasks
open Expecto
open FsCheck
open Limen.Core
open Limen.Kernels

let private same (a: CsrMatrix) (b: CsrMatrix) =
    a.Columns = b.Columns
    && a.RowStart = b.RowStart
    && Array.sub a.Indices 0 a.NonZeros = Array.sub b.Indices 0 b.NonZeros
    && Array.sub a.Values 0 a.NonZeros = Array.sub b.Values 0 b.NonZeros

let private sameData (a: Dataset) (b: Dataset) =
    same a.Features b.Features && same a.Labels b.Labels && a.Weights = b.Weights

/// A data file, its cache place, and a reader that counts how often it is called and returns the given rows.
let private withFile (d: Dataset) test =
    TemporaryFolder.using (fun folder ->
        let file = Path.Combine(folder, "train.svm")
        File.WriteAllText(file, "some rows")
        let calls = ref 0

        let read (_: string) =
            calls.Value <- calls.Value + 1
            d

        test file (In(Path.Combine(folder, "cache"))) read calls)

/// Cuts a file short, where nobody keeps it from that.
let private cutShort (length: int64) (path: string) =
    try
        use file =
            new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite ||| FileShare.Delete)

        file.SetLength length
    with
    | :? IOException
    | :? UnauthorizedAccessException -> ()

/// Rows whose cache is read in several pieces.
let private long =
    let rows, each = 2000, 250

    let features =
        CsrMatrix(
            rows,
            each,
            Array.init (rows + 1) ((*) each),
            Array.init (rows * each) (fun i -> i % each),
            Array.init (rows * each) (fun i -> float32 (1 + i))
        )

    Dataset.create features (Csr.ofSets 3 (Array.init rows (fun i -> [| i % 3 |])))

let private cases = Cases.from [ typeof<Arbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "CsrCache"
        [
            property
                cases
                "a cached file reads back as it was, without being parsed again"
                (fun ({ Data = d }: DataCase) ->
                    withFile d (fun file place read calls ->
                        let first = CsrCache.through place "p" read file
                        let second = CsrCache.through place "p" read file
                        sameData first d && sameData second d && calls.Value = 1))

            property
                cases
                "a cache with any one byte changed, or cut anywhere, is rebuilt"
                (fun ({ Data = d }: DataCase) (NonNegativeInt at) (cut: bool) ->
                    withFile d (fun file place read calls ->
                        CsrCache.through place "p" read file |> ignore
                        let cache = (CsrCache.path place "p" file).Value
                        let bytes = File.ReadAllBytes cache
                        let at = at % bytes.Length

                        if cut then
                            File.WriteAllBytes(cache, bytes[.. at - 1])
                        else
                            bytes[at] <- bytes[at] + 1uy
                            File.WriteAllBytes(cache, bytes)

                        let again = CsrCache.through place "p" read file
                        let rebuilt = calls.Value = 2
                        let third = CsrCache.through place "p" read file
                        sameData again d && rebuilt && sameData third d && calls.Value = 2))

            testCase "a cache of any other length is refused, and the rows are read anew" (fun () ->
                let d =
                    Dataset.create
                        (Csr.ofRows 4 [| [| struct (1, 2f); struct (3, 0.5f) |]; [||]; [| struct (0, -1f) |] |])
                        (Csr.ofSets 3 [| [| 0; 2 |]; [| 1 |]; [||] |])
                    |> Dataset.weighted [| 1f; 2f; 0f |]

                withFile d (fun file place read calls ->
                    CsrCache.through place "p" read file |> ignore
                    let cache = (CsrCache.path place "p" file).Value
                    let whole = FileInfo(cache).Length
                    let key = File.ReadAllBytes(cache)[16 .. 15 + CsrFile.KeyBytes]
                    Require.equal 3 (CsrFile.TryRead(cache, key)).Length

                    for length in [ 0L .. whole + 8L ] do
                        if length <> whole then
                            let before = calls.Value
                            cutShort length cache
                            Require.isTrue (isNull (CsrFile.TryRead(cache, key)))
                            Require.isTrue (sameData (CsrCache.through place "p" read file) d)
                            Require.equal (before + 1) calls.Value
                            Require.equal whole (FileInfo(cache).Length)
                            Require.isTrue (sameData (CsrCache.through place "p" read file) d)
                            Require.equal (before + 1) calls.Value))

            testCase "a cache that is cut short while it is read gives its rows or none" (fun () ->
                withFile long (fun file place read calls ->
                    CsrCache.through place "p" read file |> ignore
                    let cache = (CsrCache.path place "p" file).Value
                    let bytes = File.ReadAllBytes cache
                    let random = Random 1

                    for _ in 1 .. (if Cases.isProof then 2000 else 100) do
                        File.WriteAllBytes(cache, bytes)
                        let length, pause = random.NextInt64 bytes.LongLength, random.Next 20_000

                        let cut =
                            Task.Run(fun () ->
                                Thread.SpinWait pause
                                cutShort length cache)

                        Require.isTrue (sameData (CsrCache.through place "p" read file) long)
                        cut.Wait()

                    Require.isTrue (calls.Value > 1)))

            testCase "another length, time of writing or parameter is another file" (fun () ->
                let d =
                    Dataset.create (Csr.ofRows 2 [| [| struct (1, 2f) |] |]) (Csr.ofSets 3 [| [| 0; 2 |] |])

                withFile d (fun file place read calls ->
                    let parsed parameters =
                        let before = calls.Value
                        CsrCache.through place parameters read file |> ignore
                        calls.Value > before

                    Require.isTrue (parsed "p")
                    Require.isFalse (parsed "p")
                    Require.isTrue (parsed "q")
                    File.SetLastWriteTimeUtc(file, DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc))
                    Require.isTrue (parsed "p")
                    let time = File.GetLastWriteTimeUtc file
                    File.WriteAllText(file, "some other rows")
                    File.SetLastWriteTimeUtc(file, time)
                    Require.isTrue (parsed "p")
                    Require.isFalse (parsed "p")))

            testCase "a place that cannot be written does not stop the reading, and no unfinished file stays" (fun () ->
                let d = Dataset.create (Csr.ofRows 2 [| [||] |]) (Csr.ofSets 3 [| [||] |])

                withFile d (fun file place read calls ->
                    Require.isTrue (sameData (CsrCache.through (In file) "p" read file) d)
                    CsrCache.through place "p" read file |> ignore

                    match place with
                    | In directory -> Require.equal 1 (Seq.length (Directory.GetFiles directory))
                    | _ -> failtest "not expected"

                    Require.isTrue (sameData (CsrCache.through NoCache "p" read file) d)
                    Require.equal 3 (calls.Value)))

            testCase "a svmlight file comes from its cache as from its text" (fun () ->
                TemporaryFolder.usingFile "a.svm" "2,0 1:0.5 4:2\n 0:1\n" (fun file ->
                    let text = Svmlight.read Svmlight.defaults file
                    let first = Svmlight.readCached Beside Svmlight.defaults file
                    let second = Svmlight.readCached Beside Svmlight.defaults file
                    Require.isTrue (sameData first text && sameData second text)
                    Require.equal 2 (Seq.length (Directory.GetFiles(Path.GetDirectoryName file)))))
        ]
