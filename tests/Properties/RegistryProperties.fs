/// Every registry against the table of what an entry must have. A variant that is not registered, has no source, example, fault, door or documentation, or
/// shares its tag, turns the law red; planted ones show it.
module Limen.Properties.RegistryProperties

open System
open System.IO
open System.Reflection
open System.Xml.Linq
open Expecto
open Limen
open Limen.Core

/// An entry of any registry.
[<NoEquality; NoComparison>]
type Registered =
    {
        /// What stands in the registry.
        Entry: obj
        Door: string
        Source: string
        Tag: string
        /// The faults of each example, and of each variant with numbers out of range.
        Examples: string list list
        Faulty: string list list
    }

/// A registry: its entries, the type of an entry, and what makes the documented function of a variant.
[<NoEquality; NoComparison>]
type Registry =
    {
        Name: string
        /// Where the modules of its variants are.
        Assembly: Assembly
        EntryType: Type
        /// The function of a variant's module that makes it.
        Maker: string
        Entries: Registered list
        /// Whether every entry must have a variant with numbers out of range; others have no numbers.
        NeedsFaulty: Registered -> bool
    }

let private entry e door source tag examples faulty =
    {
        Entry = e
        Door = door
        Source = source
        Tag = tag
        Examples = examples
        Faulty = faulty
    }

let private ofLoss (e: LossEntry) =
    entry
        e
        e.Door
        e.Source
        e.Door
        (e.Examples(LabelCounts.create 10 [| 1; 5 |]) |> List.map Loss.faults)
        (e.Faulty |> List.map Loss.faults)

let private ofLocal (e: LocalSignalEntry) =
    entry e e.Door e.Source e.Codec.Tag (e.Examples |> List.map _.Faults) (e.Faulty |> List.map _.Faults)

let private ofGlobal (e: GlobalSignalEntry) =
    entry e e.Door e.Source e.Door (e.Examples |> List.map _.Faults) (e.Faulty |> List.map _.Faults)

let private ofRule (e: RuleEntry) =
    entry e e.Door e.Source e.Codec.Tag (e.Examples |> List.map Rule.faults) (e.Faulty |> List.map Rule.faults)

let private ofScorer (e: ScorerEntry) =
    entry e e.Door e.Source e.Codec.Tag (e.Examples |> List.map Scorer.faults) (e.Faulty |> List.map Scorer.faults)

let private ofCalibrator (e: CalibratorEntry) =
    entry e e.Door e.Source e.Codec.Tag [ [] ] []

let private core = typeof<Model>.Assembly

let private registries =
    [
        {
            Name = "calibrators"
            Assembly = core
            EntryType = typeof<CalibratorEntry>
            Maker = "calibrator"
            Entries = Calibrators.all |> List.map ofCalibrator
            // a calibrator has no numbers
            NeedsFaulty = fun _ -> false
        }
        {
            Name = "losses"
            Assembly = core
            EntryType = typeof<LossEntry>
            Maker = "loss"
            Entries = Losses.all |> List.map ofLoss
            // like a rule
            NeedsFaulty = fun _ -> false
        }
        {
            Name = "local signals"
            Assembly = core
            EntryType = typeof<LocalSignalEntry>
            Maker = "signal"
            Entries = LocalSignals.all |> List.map ofLocal
            NeedsFaulty = fun _ -> true
        }
        {
            Name = "global signals"
            Assembly = core
            EntryType = typeof<GlobalSignalEntry>
            Maker = "signal"
            Entries = GlobalSignals.all |> List.map ofGlobal
            NeedsFaulty = fun _ -> true
        }
        {
            Name = "rules"
            Assembly = core
            EntryType = typeof<RuleEntry>
            Maker = "rule"
            Entries = Rules.all |> List.map ofRule
            // a rule that is a function has numbers; one that is a value has none
            NeedsFaulty = fun _ -> false
        }
        {
            Name = "scorers"
            Assembly = core
            EntryType = typeof<ScorerEntry>
            Maker = "scorer"
            Entries = Scorers.all |> List.map ofScorer
            // like a rule
            NeedsFaulty = fun _ -> false
        }
        {
            Name = "tree scorers"
            Assembly = typeof<TreeScorers>.Assembly
            EntryType = typeof<ScorerEntry>
            Maker = "scorer"
            Entries = Trees.all |> List.map ofScorer
            NeedsFaulty = fun _ -> true
        }
    ]

/// The modules of its assembly that have an entry of this type.
let private modules (registry: Registry) : Type list =
    [
        for t in registry.Assembly.GetExportedTypes() do
            match t.GetProperty "entry" with
            | null -> ()
            | p when p.PropertyType = registry.EntryType && p.GetMethod.IsStatic -> t
            | _ -> ()
    ]

let private documented =
    lazy
        (set
            [
                for package in [ "Limen.Core"; "Limen.Trees" ] do
                    let file = Path.Combine(AppContext.BaseDirectory, $"{package}.xml")

                    for m in XDocument.Load(file).Descendants(XName.Get "member") do
                        if m.Value.Trim().Length > 20 then
                            let name = m.Attribute(XName.Get "name").Value[2..]
                            (name.Split '(')[0]
            ])

let private isMade (maker: string) (t: Type) =
    let name = t.FullName
    // functions of one type argument or more have it in their names
    documented.Value
    |> Set.exists (fun found -> found = $"{name}.{maker}" || found.StartsWith $"{name}.{maker}``")

/// Everything that is wrong with a registry.
let private complaints (registry: Registry) (found: Type list) : string list =
    let twice (what: string) (pick: Registered -> string) =
        [
            for name, same in registry.Entries |> List.groupBy pick do
                if same.Length > 1 then
                    $"{registry.Name}: {what} \"{name}\" stands {same.Length} times"
        ]

    [
        yield! twice "the tag" _.Tag
        yield! twice "the door" _.Door

        for e in registry.Entries do
            let here words = $"{registry.Name}, {e.Door}: {words}"

            if String.IsNullOrWhiteSpace e.Door then
                here "no door"

            if String.IsNullOrWhiteSpace e.Tag then
                here "no tag"

            if not (e.Source.Contains "arXiv" || e.Source.StartsWith "https://") then
                here "no source"

            if e.Examples.IsEmpty then
                here "no example for the laws"

            if e.Examples |> List.exists (List.isEmpty >> not) then
                here "an example with faults"

            if e.Faulty |> List.exists List.isEmpty then
                here "numbers out of range without a fault"

            if registry.NeedsFaulty e && e.Faulty.IsEmpty then
                here "no numbers out of range to show its faults"

        for t in found do
            let value = (t.GetProperty "entry").GetValue null

            if not (registry.Entries |> List.exists (fun e -> obj.ReferenceEquals(e.Entry, value))) then
                $"{registry.Name}: {t.Name} is not registered"

            if not (isMade registry.Maker t) then
                $"{registry.Name}: {t.Name}.{registry.Maker} is not documented"
    ]

let private planted =
    let sound = ofRule RCut.entry
    let rules = registries |> List.find (fun r -> r.Name = "rules")

    [
        "no source",
        { sound with
            Tag = "a"
            Door = "A"
            Source = ""
        }
        "no example for the laws",
        { sound with
            Tag = "a"
            Door = "A"
            Examples = []
        }
        "an example with faults",
        { sound with
            Tag = "a"
            Door = "A"
            Examples = [ [ "wrong" ] ]
        }
        "without a fault",
        { sound with
            Tag = "a"
            Door = "A"
            Faulty = [ [] ]
        }
        "no door", { sound with Tag = "a"; Door = "" }
        "no tag", { sound with Tag = ""; Door = "A" }
        "the tag \"r-cut\" stands 2 times", { sound with Door = "A" }
        "the door \"RCut\" stands 2 times", { sound with Tag = "a" }
    ]
    |> List.map (fun (words, e) ->
        words,
        { rules with
            Entries = e :: rules.Entries
        })

[<Tests>]
let tests =
    testList
        "Registry"
        [
            testCase "every variant is registered, described, documented and tested" (fun () ->
                for registry in registries do
                    Expect.isNonEmpty registry.Entries registry.Name
                    Require.equal [] (complaints registry (modules registry))
                    Require.equal registry.Entries.Length (modules registry).Length)

            testCase "a planted variant without what it needs is complained of" (fun () ->
                for words, registry in planted do
                    let said = complaints registry []
                    Expect.exists said _.Contains(words) $"{words}: %A{said}")

            testCase "a variant that is left out of its registry, or not documented, is complained of" (fun () ->
                let rules = registries |> List.find (fun r -> r.Name = "rules")

                let without =
                    { rules with
                        Entries = rules.Entries |> List.filter (fun e -> e.Door <> "RCut")
                    }

                Require.equal [ "rules: RCut is not registered" ] (complaints without (modules rules))

                let unmade = { rules with Maker = "noSuchFunction" }

                Expect.exists
                    (complaints unmade (modules rules))
                    _.Contains("RCut.noSuchFunction is not documented")
                    "undocumented")
        ]
