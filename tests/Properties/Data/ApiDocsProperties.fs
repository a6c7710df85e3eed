module Limen.Properties.ApiDocsProperties

open System
open System.IO
open Expecto
open Limen.Cli
open Limen.Core

let private document members =
    $"""<?xml version="1.0"?><doc><assembly><name>A</name></assembly><members>{members}</members></doc>"""

let private read members =
    TemporaryFolder.usingFile "A.xml" (document members) (fun path -> ApiDocs.readFiles [| path |])

let private pairs (d: TextDataset) =
    Seq.zip d.Texts d.LabelNames
    |> Seq.map (fun (t, l) -> t, Seq.toList l)
    |> Seq.toList

[<Tests>]
let tests =
    testList
        "ApiDocs"
        [
            testCase "a row is a member's text with the types of its signature and its exceptions" (fun () ->
                let rows =
                    read
                        """
<member name="M:A.B`1.C(System.Int32,System.Span{System.Byte[]}@)~A.R">
  <summary>Reads  a <see cref="T:System.Span`1" /> of <paramref name="n"/>
    or <see langword="null"/> by <see cref="M:A.B.Do(System.Int32)"/>, <see cref="T:A.X">shown</see>.</summary>
  <param name="n">How many.</param><typeparam name="T">Not text.</typeparam>
  <returns>Them.</returns><exception cref="T:A.FaultException">n is <c>0</c>.</exception>
  <remarks>Rem.</remarks><value>Val.</value></member>
<member name="M:A.B.D(System.Int32,System.Span{System.Byte},`0,``1,A.R)"><summary>Second.</summary>
  <exception cref="T:A.FaultException">x</exception></member>"""

                let labels =
                    [ "A.FaultException"; "A.R"; "System.Byte"; "System.Int32"; "System.Span" ]

                Require.equal
                    ([
                        "Reads a Span of n or null by Do, shown. How many. Them. Rem. Val.", labels
                        "Second.", labels
                    ])
                    (pairs rows))

            testCase "rows of equal text merge; rows without text or labels and labels with one row drop" (fun () ->
                let rows =
                    read
                        """
<member name="M:A.B.C(X.P)"><summary>Same text.</summary></member>
<member name="M:A.B.D(X.Q)"><summary>Same
  text.</summary></member>
<member name="M:A.B.E(X.P,X.Lonely)"><summary>Other.</summary></member>
<member name="M:A.B.F(X.Q)"><summary>Third.</summary></member>
<member name="M:A.B.G(X.AlsoLonely)"><summary>Drops.</summary></member>
<member name="M:A.B.H(X.P)"><exception cref="T:X.Q">no text</exception></member>
<member name="P:A.B.I"><summary>No labels.</summary></member>"""

                Require.equal
                    ([ "Same text.", [ "X.P"; "X.Q" ]; "Other.", [ "X.P" ]; "Third.", [ "X.Q" ] ])
                    (pairs rows))

            testTheory
                "the types of a signature"
                [
                    "M:A.B.C", ""
                    "P:A.B.Item(System.Int32)", "System.Int32"
                    "M:A.B.op_Implicit(A.B)~System.String", "A.B System.String"
                    "M:A.B.C``2(System.Func{``0,System.Nullable{System.Int32}},System.Byte*,System.Int32[0:,0:],A.N.M@)",
                    "System.Func System.Nullable System.Int32 System.Byte A.N.M"
                ]
                (fun (id: string, types: string) -> Require.equal types (String.Join(" ", ApiDocs.signatureTypes id)))

            testCase "bad XML is refused with its place" (fun () ->
                let read () = read "<member" |> ignore
                let said = Require.refusal<DataFormatException>(fun () -> read ())
                Require.matches (@"A\.xml:1:\d+: expected valid XML, found ") said)

            testCase "an installation without documentation is refused, naming the places" (fun () ->
                let read () =
                    ReferencePacks.documentationIn [ "/nowhere/packs"; "/neither" ] |> ignore

                Require.endsWith
                    "in any of these: /nowhere/packs, /neither"
                    (Require.refusal<DirectoryNotFoundException>(fun () -> read ())))

            testCase "the newest version of each pack is read, a file of both packs once" (fun () ->
                TemporaryFolder.using (fun place ->
                    let put pack version name =
                        let folder = Path.Combine(place, pack, version, "ref", "net10.0")
                        Directory.CreateDirectory folder |> ignore
                        File.WriteAllText(Path.Combine(folder, name), "")

                    put "Microsoft.NETCore.App.Ref" "10.0.9" "A.xml"
                    put "Microsoft.NETCore.App.Ref" "10.0.10" "A.xml"
                    put "Microsoft.NETCore.App.Ref" "10.0.10-rc.1" "A.xml"
                    put "Microsoft.AspNetCore.App.Ref" "10.0.10" "A.xml"
                    put "Microsoft.AspNetCore.App.Ref" "10.0.10" "B.xml"

                    let found =
                        ReferencePacks.documentationIn [ Path.Combine(place, "none"); place ]
                        |> Array.map (fun file ->
                            Path.GetRelativePath(place, file).Split(Path.DirectorySeparatorChar))
                        |> Array.map (fun parts -> parts[0], parts[1], Array.last parts)

                    found
                    |> Require.equal
                        [|
                            "Microsoft.NETCore.App.Ref", "10.0.10", "A.xml"
                            "Microsoft.AspNetCore.App.Ref", "10.0.10", "B.xml"
                        |]))

            testCase
                "the installed documentation has tens of thousands of rows and a long tail of labels, split by text"
                (fun () ->
                    let split = ApiDocs.read ()
                    let parts = Split.parts split
                    let rows = parts |> List.sumBy _.Rows
                    let share n = float n / float rows
                    Require.between (30000, 60000) rows
                    Require.between (1400, 2000) ((parts |> Seq.collect _.LabelNames |> LabelSpace.ofNames).Count)

                    for part, expected in List.zip parts [ 0.7; 0.1; 0.2 ] do
                        Require.near 0.01 expected (share part.Rows)

                    let texts = parts |> Seq.collect _.Texts
                    Require.equal rows (Seq.length (Seq.distinct texts))
                    let support = split.Train.LabelNames |> Seq.concat |> Seq.countBy id |> Seq.toArray
                    let rare = support |> Seq.filter (fun (_, n) -> n < 10) |> Seq.length
                    Require.between (0.6, 0.85) (float rare / float support.Length)
                    let again = ApiDocs.read ()
                    Require.equal split again)

            testCase "a text's part depends on the text alone" (fun () ->
                let texts = [| for i in 1..500 -> $"text {i}" |]

                let dataset texts =
                    {
                        Texts = texts
                        LabelNames = texts |> Array.map (fun t -> [| t |])
                        Weights = None
                    }

                let all = ApiDocs.split (dataset texts)
                let some = ApiDocs.split (dataset (Array.rev texts[100..]))

                for a, b in List.zip (Split.parts all) (Split.parts some) do
                    Require.isEmpty (Set.ofArray b.Texts - Set.ofArray a.Texts)
                    Require.equal (b.Texts) (b.LabelNames |> Array.map Array.head))
        ]
