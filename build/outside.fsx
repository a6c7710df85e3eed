// The packages as somebody elsewhere uses them: in an empty folder, with a NuGet cache of its own.
module Outside

#load "steps.fsx" "packages.fsx" "printed.fsx"

open System
open System.Diagnostics
open System.IO
open System.IO.Compression
open System.Reflection
open System.Runtime.InteropServices
open System.Xml.Linq
open Steps

/// An empty folder to begin with, and how to run a command in it.
type private Place =
    {
        Folder: string
        /// The folder of the packages under test.
        Packages: string
    }

    member place.Path([<ParamArray>] parts: string[]) =
        Path.Combine(place.Folder, Path.Combine parts)

    member place.Run(command: string list) : string =
        Shell.outputIn place.Folder [ ("NUGET_PACKAGES", place.Path "cache") ] command

let private expect (what: string) (holds: bool) : unit =
    if not holds then
        stop $"Expected {what}."

/// Limen's packages come from their folder alone. All others may lie in this machine's cache; the rest comes from the registry.
let private nugetConfig (place: Place) : string =
    $"""<configuration>
  <packageSources>
    <clear />
    <add key="limen" value="{place.Packages}" />
    <add key="registry" value="{Environment.GetEnvironmentVariable "LIMEN_NUGET_SOURCE"}" />
  </packageSources>
  <packageSourceMapping>
    <packageSource key="limen"><package pattern="Limen*" /></packageSource>
    <packageSource key="registry"><package pattern="*" /></packageSource>
  </packageSourceMapping>
  <fallbackPackageFolders>
    <clear />
    <add key="machine" value="{Packages.cache}" />
  </fallbackPackageFolders>
</configuration>"""

/// Rows that can be learned, as JSON lines: a label's word stands in the texts that have the label.
let private writeRows (file: string) (rows: int) : unit =
    let words = [ "kite"; "river"; "lamp" ]
    let labels = [ "toys"; "nature"; "home" ]

    File.WriteAllLines(
        file,
        [
            for row in 0 .. rows - 1 do
                let mine =
                    [
                        row % 3
                        if row % 4 = 0 then
                            (row + 1) % 3
                    ]

                let quoted (names: string list) =
                    mine |> List.map (fun l -> $"\"{names[l]}\"") |> String.concat ", "

                let text = mine |> List.map (fun l -> words[l]) |> String.concat " and "
                $"{{\"text\": \"the {text} number{row % 5}\", \"labels\": [{quoted labels}]}}"
        ]
    )

let private copy (from: string) (folder: string) : unit =
    for file in Directory.GetFiles from do
        File.Copy(file, Path.Combine(folder, Path.GetFileName file))

/// A project of tests/Packages, built there: its program.
let private built (name: string) (place: Place) : string =
    Directory.CreateDirectory(place.Path name) |> ignore
    copy $"tests/Packages/{name}" (place.Path name)

    place.Run(Shell.words $"dotnet build {name} -c Release -o {name}/out -v q --nologo")
    |> ignore

    place.Path(name, "out", $"{name}.dll")

/// The metadata of a package, by the names of its elements, and its files.
let private opened (place: Place) (id: string) : XElement list * string list =
    use package =
        ZipFile.OpenRead(Path.Combine(place.Packages, $"{id}.{version}.nupkg"))

    use nuspec = package.GetEntry($"{id}.nuspec").Open()

    List.ofSeq (XDocument.Load(nuspec).Descendants()), [ for entry in package.Entries -> entry.FullName ]

let private textOf (name: string) (elements: XElement list) : string =
    elements
    |> List.tryFind (fun e -> e.Name.LocalName = name)
    |> Option.map _.Value
    |> Option.defaultValue ""

let private dependencies (elements: XElement list) : (string * string) list =
    [
        for e in elements do
            if e.Name.LocalName = "dependency" then
                e.Attribute(XName.Get "id").Value, e.Attribute(XName.Get "version").Value
    ]

// -- the checks --

let private contents (place: Place) : unit =
    for id in Packages.ids do
        let metadata, files = opened place id

        let has name text =
            expect $"{name} {text} in {id}, received '{textOf name metadata}'" (textOf name metadata = text)

        has "version" version
        has "license" "MIT"
        has "readme" "README.md"
        has "icon" "icon.png"

        expect
            $"a description, release notes, the readme and the icon in {id}"
            (textOf "description" metadata <> ""
             && textOf "releaseNotes" metadata <> ""
             && [ "README.md"; "icon.png" ]
                |> List.forall (fun file -> List.contains file files))

        use symbols =
            ZipFile.OpenRead(Path.Combine(place.Packages, $"{id}.{version}.snupkg"))

        expect $"symbols of {id}" (symbols.Entries |> Seq.exists _.FullName.EndsWith($"{id}.pdb"))

        if id = "Limen.Cli" then
            expect "no native library in the tool" (not (files |> List.exists _.Contains("/native/")))
        else
            expect $"the documentation in {id}" (List.contains $"lib/net10.0/{id}.xml" files)

let private dependencyRanges (place: Place) : unit =
    let asked id = fst (opened place id) |> dependencies

    [
        "Limen.Kernels", []
        "Limen.Core",
        [
            "FSharp.Core"
            "FSharp.SystemTextJson"
            "Limen.Kernels"
            "Sep"
            "SharpZipLib"
            "TorchSharp"
        ]
        "Limen.Trees", [ "FSharp.Core"; "LightGBM"; "Limen.Core" ]
        "Limen.Reports", [ "FSharp.Core"; "Giraffe.ViewEngine"; "Limen"; "Plotly.NET" ]
        "Limen.Data", [ "FSharp.Core"; "Google.Protobuf"; "Limen.Core"; "Parquet.Net" ]
        "Limen", [ "Limen.Core"; "TorchSharp" ]
        "Limen.Cli", [] // a tool holds what it needs
    ]
    |> List.iter (fun (id, names) ->
        let found = asked id |> List.map fst |> List.sort
        expect $"{id} to ask for {names}, received {found}" (found = names)

        for name, range in asked id do
            expect $"a range that newer versions are in, received {name} {range} in {id}" (not (range.StartsWith '['))

            if name.StartsWith "Limen" then
                expect $"version {version} of {name}, received {range}" (range = version))

let private tool (place: Place) : unit =
    let limen arguments =
        place.Run(place.Path("tool", "limen") :: arguments)

    place.Run(Shell.words $"dotnet tool install Limen.Cli --tool-path tool --version {version}")
    |> ignore

    limen (Shell.words "demo --corpus docs") |> ignore
    Directory.CreateDirectory(place.Path "data") |> ignore

    [ "train", 240; "dev", 60; "test", 60 ]
    |> List.iter (fun (part, rows) -> writeRows (place.Path("data", $"{part}.jsonl")) rows)

    limen (Shell.words "train --data data --out trained") |> ignore

    let said =
        limen (
            Shell.words "predict --model"
            @ [ place.Path("trained", "model"); "the kite over the river" ]
        )

    let predicted =
        [
            for line in said.Split '\n' do
                match
                    line.Split([| '│'; ' ' |], StringSplitOptions.RemoveEmptyEntries)
                    |> List.ofArray
                with
                | label :: rest when rest <> [] && List.last rest = "predicted" -> label
                | _ -> ()
        ]

    expect $"limen predict to say nature and toys, received {said}" (List.sort predicted = [ "nature"; "toys" ])

/// The model is the tool's: it has both scorers.
let private predictOnly (place: Place) : unit =
    let program = built "PredictOnly" place

    let lowest =
        fst (opened place "Limen.Core")
        |> dependencies
        |> List.find (fst >> (=) "FSharp.Core")
        |> snd

    let found =
        AssemblyName.GetAssemblyName(Path.Combine(Path.GetDirectoryName program, "FSharp.Core.dll")).Version

    expect $"the lowest FSharp.Core, {lowest}, received {found}" (string found = $"{lowest}.0")

    match
        (place.Run [ "dotnet"; program; place.Path("trained", "model"); place.Path "data" ])
            .Split('\n', StringSplitOptions.TrimEntries)
        |> List.ofArray
    with
    | predicted :: neighbours :: f1 :: native :: refused :: _ ->
        expect
            $"a prediction, received '{predicted}'"
            (predicted = "predicted toys nature" || predicted = "predicted nature toys")

        expect $"neighbours, received '{neighbours}'" (neighbours <> "neighbours 0")
        expect $"a micro-F1 of 1, received '{f1}'" (f1 = "micro-F1 1.000")
        expect $"no native library of torch, received '{native}'" (native = "native torch")
        expect $"the package that is missing, received '{refused}'" (refused.Contains "libtorch-cpu-")
    | lines -> stop $"The program said {lines}."

let private readme (place: Place) : unit =
    let program = built "Readme" place
    Printed.check "tests/Packages/Readme/Program.cs" (place.Run [ "dotnet"; program ])

/// One program trains with trees, another, which has no LightGBM, predicts by what it saved.
let private trees (place: Place) : unit =
    let run name =
        place.Run [ "dotnet"; built name place; place.Path "trees" ]

    let trained, loaded = run "Trees", run "TreesLoaded"
    expect $"predictions, received '{trained}'" (trained.StartsWith "predicted ")
    expect $"the same without LightGBM, received '{loaded}', for '{trained}'" (loaded = trained)

/// A program reads a table with vectors beside it, as numpy saves them.
let private data (place: Place) : unit =
    let said = place.Run [ "dotnet"; built "Data" place ]

    expect
        $"four rows of two numbers and their labels, received '{said}'"
        (said.Trim() = "npy 4 rows, features 2, labels left right")

/// A program trains and writes a report, which is whole and holds what it needs.
let private report (place: Place) : unit =
    let file = place.Path "report.html"
    place.Run [ "dotnet"; built "Report" place; file ] |> ignore
    let html = File.ReadAllText file

    expect
        "a whole page with its labels and the script of its charts"
        (html.TrimEnd().EndsWith "</html>"
         && html.Contains "\"values\":[\"home\",\"nature\",\"toys\"]"
         && html.Contains "plotly.js v")

let private script (place: Place) : unit =
    copy "samples" place.Folder
    Printed.check "samples/first-model.fsx" (place.Run(Shell.words "dotnet fsi first-model.fsx"))

/// A sample in one C# file, with the torch of this system where it names one.
let private file (name: string) (place: Place) : unit =
    let source = place.Path $"{name}.cs"
    File.WriteAllText(source, (File.ReadAllText source).Replace("linux-x64", RuntimeInformation.RuntimeIdentifier))

    place.Run(Shell.words $"dotnet build {name}.cs -c Release -o {name} -v q --nologo")
    |> ignore

    Printed.check $"samples/{name}.cs" (place.Run [ "dotnet"; place.Path(name, $"{name}.dll") ])

let private checks =
    [
        "packages say what they are", contents
        "packages ask for what they use", dependencyRanges
        "the tool trains and predicts", tool
        "a program that only predicts needs no torch", predictOnly
        "the readme's C# program", readme
        "trees are saved, and predict without LightGBM", trees
        "files of Limen.Data are read", data
        "a report is written", report
        "samples/first-model.fsx", script
        "samples/own-scores.cs", file "own-scores"
        "samples/torch-loop.cs", file "torch-loop"
        "every package came from its folder",
        fun place ->
            for id in Packages.ids do
                let store =
                    if id = "Limen.Cli" then
                        place.Path("tool", ".store")
                    else
                        place.Path "cache"

                expect $"{id} in {store}" (Directory.Exists(Path.Combine(store, id.ToLowerInvariant(), version)))
    ]

/// Installs the packages and uses them.
let test (packages: Packages.Made) : Tally =
    let folder = Directory.CreateTempSubdirectory "limen-packages-"

    let place =
        {
            Folder = folder.FullName
            Packages = Packages.Made.folder packages
        }

    printfn $"Using the packages in {place.Folder}."
    File.WriteAllText(place.Path "nuget.config", nugetConfig place)

    let tally =
        checks
        |> List.map (fun (name, check) ->
            let clock = Stopwatch.StartNew()

            try
                check place
                printfn $"  {name}: passed [{clock.Elapsed.TotalSeconds:F0} s]"
                { Tally.zero with Passed = 1 }
            with e ->
                printfn $"  {name}: failed\n{e.Message}"
                { Tally.zero with Failed = 1 })
        |> List.fold (+) Tally.zero

    folder.Delete(recursive = true)
    tally
