module Limen.Properties.SplittingProperties

open System
open System.IO
open Expecto
open FsCheck
open FsCheck.FSharp
open Limen
open Limen.Core

/// Label sets of rows, rare labels among them, and the groups of the rows.
type SplitCase =
    {
        Sets: int[][]
        Labels: int
        Groups: int[]
        Shares: float[]
        Seed: int
    }

type SplitArbitraries =
    static member Cases() =
        gen {
            let! labels = Gen.choose (1, 8)
            let! rows = Gen.choose (1, 60)

            // label l is in a row by one chance in l + 1
            let! sets =
                [
                    for l in 0 .. labels - 1 ->
                        Gen.choose (0, l) |> Gen.map (fun draw -> if draw = 0 then [ l ] else [])
                ]
                |> Gen.sequenceToList
                |> Gen.map (List.concat >> List.toArray)
                |> Gen.arrayOfLength rows

            let! groups = Gen.choose (0, rows / 3) |> Gen.arrayOfLength rows

            let! shares =
                Gen.elements [ [| 0.8; 0.1; 0.1 |]; [| 0.5; 0.25; 0.25 |]; [| 0.7; 0.0; 0.3 |] ]

            let! seed = Gen.choose (0, 1000)

            return
                {
                    Sets = sets
                    Labels = labels
                    Groups = groups
                    Shares = shares
                    Seed = seed
                }
        }
        |> Arb.fromGen

let private cases = Cases.from [ typeof<SplitArbitraries> ]

let private alone rows = Array.init rows Array.singleton

let private parts (c: SplitCase) units =
    Splitting.stratified c.Shares (Seed.ofInt c.Seed) units (LabelSets(Csr.ofSets c.Labels c.Sets))

/// Algorithm 1 of Sechidis et al. 2011 as it stands: the label with the fewest rows left, its rows one by one to the part that wants most of it.
let private plain (c: SplitCase) : int[] =
    let n = c.Sets.Length
    let order = Seed.permutation n (Seed.ofInt c.Seed)
    let rows = c.Shares |> Array.map (fun share -> share * float n)

    let count l =
        c.Sets |> Array.filter (Array.contains l) |> Array.length

    let wanted =
        Array.init c.Labels (fun l -> c.Shares |> Array.map (fun share -> share * float (count l)))

    let part = Array.create n -1

    let place row (ofLabel: float[]) =
        let p =
            [| 0 .. c.Shares.Length - 1 |] |> Array.maxBy (fun p -> ofLabel[p], rows[p], -p)

        part[row] <- p
        rows[p] <- rows[p] - 1.0

        for l in c.Sets[row] do
            wanted[l][p] <- wanted[l][p] - 1.0

    let left l =
        order |> Array.filter (fun row -> part[row] < 0 && Array.contains l c.Sets[row])

    let rec go () =
        match
            [
                for l in 0 .. c.Labels - 1 do
                    if (left l).Length > 0 then
                        (left l).Length, l
            ]
        with
        | [] -> ()
        | some ->
            let l = some |> List.min |> snd
            left l |> Array.iter (fun row -> place row wanted[l])
            go ()

    go ()

    order
    |> Array.filter (fun row -> part[row] < 0)
    |> Array.iter (fun row -> place row rows)

    part

/// How far the shares of all labels are from those that were asked for.
let private distance (c: SplitCase) (part: int[]) =
    let rows = Array.indexed part

    [
        for l in 0 .. c.Labels - 1 do
            let all = c.Sets |> Array.filter (Array.contains l) |> Array.length

            if all > 0 then
                for p in 0 .. c.Shares.Length - 1 do
                    let mine =
                        rows
                        |> Array.filter (fun (row, at) -> at = p && Array.contains l c.Sets[row])
                        |> Array.length

                    abs (float mine / float all - c.Shares[p])
    ]
    |> List.sum

let private read (options: DataOptions) (text: string) =
    TemporaryFolder.usingFile "data.csv" text (fun path -> DataSource.read options [ path ])

let private texts (rows: LabelledRows option) =
    match rows |> Option.map _.Rows with
    | Some(Rows.Texts t) -> List.ofSeq t
    | _ -> []

let private split by =
    Some
        {
            By = by
            Validation = 0.25
            Test = 0.25
        }

[<Tests>]
let tests =
    testList
        "Splitting"
        [
            property
                (cases |> Cases.times 20)
                "is the published algorithm, label by label and row by row"
                (fun (c: SplitCase) -> parts c (alone c.Sets.Length) = plain c)

            property
                (cases |> Cases.times 20)
                "rows of one group stay together, and every row is in one part"
                (fun (c: SplitCase) ->
                    let units = Splitting.groups (c.Groups |> Array.map string)
                    let part = parts c units

                    part.Length = units.Length
                    && part |> Array.forall (fun p -> p >= 0 && p < 3)
                    && Array.sort (Array.concat units) = [| 0 .. c.Sets.Length - 1 |])

            property (cases |> Cases.times 20) "a part without a share has no rows" (fun (c: SplitCase) ->
                let part = parts c (alone c.Sets.Length)

                Array.zip c.Shares [| for p in 0..2 -> part |> Array.filter ((=) p) |> Array.length |]
                |> Array.forall (fun (share, rows) -> share > 0.0 || rows = 0))

            testCase "labels are spread better than by chance" (fun () ->
                let c =
                    {
                        Sets =
                            Array.init 400 (fun i ->
                                [|
                                    for l in 0..19 do
                                        if
                                            Seed.bits (int64 (20 * i + l)) (Seed.ofInt 5) % uint64 (3 + 4 * l) = 0UL
                                        then
                                            l
                                |])
                        Labels = 20
                        Groups = [||]
                        Shares = [| 0.8; 0.1; 0.1 |]
                        Seed = 3
                    }

                let byChance seed =
                    let part = Array.create 400 0

                    Seed.permutation 400 (Seed.ofInt seed)
                    |> Array.iteri (fun at row ->
                        part[row] <-
                            (if at < 40 then 1
                             elif at < 80 then 2
                             else 0))

                    distance c part

                let chance = [ 1..20 ] |> List.averageBy byChance
                let ours = distance c (parts c (alone 400))
                Require.isTrue (ours < 0.5 * chance))

            property
                (cases |> Cases.times 20)
                "by time no earlier part has a later row, and rows of one time are in one part"
                (fun (times: int list) ->
                    let moments = times |> List.map (fun t -> float (t % 20)) |> List.toArray
                    let part = Splitting.byTime [| 0.6; 0.2; 0.2 |] moments

                    Seq.allPairs (Seq.zip moments part) (Seq.zip moments part)
                    |> Seq.forall (fun ((t, p), (u, q)) -> if t = u then p = q else t > u || p <= q))

            testCase "one file is split as asked for, and says so" (fun () ->
                let rows = [ for i in 0..39 -> $"text {i},l{i % 2},p{i / 4},{2000 + i}" ]
                let text = "text,labels,patient,year\n" + String.Join("\n", rows)

                let options fields by =
                    { DataSource.defaults with
                        Fields = fields
                        Split = split by
                    }

                let all (d: DataFolder) =
                    [ texts (Some d.Rows.Train); texts d.Rows.Validation; texts d.Rows.Test ]

                for d in
                    [
                        read (options (Fields()) SplitBy.Labels) text
                        read (options (Fields(Group = "patient")) SplitBy.Groups) text
                    ] do
                    Require.equal 40 (all d |> List.concat |> List.distinct |> List.length)
                    Require.isTrue (all d |> List.forall (fun part -> part.Length >= 8))

                let grouped = read (options (Fields(Group = "patient")) SplitBy.Groups) text

                let groups (columns: RowColumns option) =
                    columns |> Option.bind _.Groups |> Option.defaultValue [||] |> set

                Require.isTrue (
                    Set.isEmpty (Set.intersect (groups (Some grouped.Columns.Train)) (groups grouped.Columns.Test))
                )

                let byTime = read (options (Fields(Time = "year")) SplitBy.Time) text
                Require.equal [ for i in 30..39 -> $"text {i}" ] (texts byTime.Rows.Test)
                Require.contains "split" (String.Join(" ", ReadReport.lines byTime.Report)))

            testTheory
                "a split that cannot be is refused with what is missing"
                [
                    SplitBy.Groups, "expected the name of a column of groups"
                    SplitBy.Time, "expected the name of a column of times"
                ]
                (fun (by, expected) ->
                    let said =
                        Require.refusal<ConfigurationException>(fun () ->
                            read
                                { DataSource.defaults with
                                    Split = split by
                                }
                                "text,labels\nx,a\ny,b\n"
                            |> box)

                    Require.contains expected said)

            testCase "shares that add up to all rows are refused" (fun () ->
                let options =
                    { DataSource.defaults with
                        Split =
                            Some
                                {
                                    By = SplitBy.Labels
                                    Validation = 0.5
                                    Test = 0.5
                                }
                    }

                let said =
                    Require.refusal<ConfigurationException>(fun () -> read options "text,labels\nx,a\n" |> box)

                Require.contains "less than 1, received 0.5 for validation and 0.5 for test" said)
        ]
