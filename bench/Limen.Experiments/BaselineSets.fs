namespace Limen.Experiments

open System.IO
open Limen.Core

/// The data sets on which the library stands beside scikit-learn: those of the data directory and what is derived from them.
[<RequireQualifiedAccess>]
module BaselineSets =

    let private dense = [ "emotions"; "yeast"; "cal500" ]

    let private sparse =
        [ "enron"; "corel5k"; "codiesp-d"; "stackex_cooking"; "bibtex" ]

    let private many = [ "goemotions"; "rcv1sub1"; "delicious" ]
    let private large = [ "eurlex57k"; "tib-gnd-subjects" ]

    let private derived kind names =
        names |> List.map (fun name -> $"{name}-{kind}")

    /// Small ones first.
    let names: string list =
        [
            yield! dense
            yield! derived "integers" dense
            yield! sparse
            yield! derived "300" (dense @ sparse @ many)
            yield! derived "dev200" [ "codiesp-d" ]
            yield! derived "20words" [ "codiesp-d" ]
            yield! many
            yield! derived "dev200" [ "goemotions" ]
            yield! derived "20words" [ "goemotions" ]
            yield! derived "300" large
            yield! large
            yield! derived "dev200" [ "eurlex57k" ]
            yield! derived "20words" [ "eurlex57k" ]
        ]

    let private source (name: string) = name[.. name.LastIndexOf '-' - 1]

    let private isDerived name =
        [ "integers"; "300"; "dev200"; "20words" ]
        |> List.exists (fun kind -> (name: string).EndsWith $"-{kind}")

    /// Whether a data set, or the one that it is derived from, is in the data directory.
    let exists (data: string) (name: string) : bool =
        Directory.Exists(Path.Combine(data, (if isDerived name then source name else name)))

    /// The folder of a data set; a derived one is made below the output.
    let folder (data: string) (output: string) (name: string) : string =
        if isDerived name then
            let made = Path.Combine(output, "derived", name)
            Baselines.derive data name made
            made
        else
            Path.Combine(data, name)

    /// The rows of a folder: the svmlight files where there are such, as the scripts read them too.
    let read (folder: string) : Split<LabelledRows> =
        let svmlight =
            if File.Exists(Path.Combine(folder, "train.svm.gz")) then
                Some(InputFormats.find "svmlight")
            else
                None

        (Folder.read
            { Folder.defaults with
                Format = svmlight
            }
            folder)
            .Rows
