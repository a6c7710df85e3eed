/// Files in the shapes that data sets have, all of the same invented rows.
module Limen.Properties.Shape

open System
open System.IO
open System.Text
open Limen
open Limen.Core

/// Rows of invented content, which every shape below holds in its own form.
type Row =
    {
        Number: int
        Text: string
        Labels: string list
    }

let labels = [ "birds"; "kites"; "rivers" ]

let words =
    Map
        [
            "birds", "wings over \"fields\""
            "kites", "a string, pulled"
            "rivers", "slow water"
        ]

let row number =
    let mine =
        labels
        |> List.indexed
        |> List.filter (fun (l, _) -> (number + l) % 3 = 0 || (number % 4 = l))
        |> List.map snd

    {
        Number = number
        Text = $"""note {number}: {String.Join("; ", mine |> List.map (fun l -> words[l]))}"""
        Labels = mine
    }

let train = List.init 30 row
let test = List.init 9 (fun i -> row (i + 40))

/// Numbers that tell the labels.
let vector (row: Row) : float32[] =
    [|
        for l in labels do
            (if List.contains l row.Labels then 1f else 0f) + float32 (row.Number % 5) / 10f
    |]

let matrix (rows: Row list) =
    let vectors = rows |> List.map vector |> List.toArray
    Array2D.init vectors.Length labels.Length (fun r c -> vectors[r][c])

let ids (row: Row) =
    row.Labels |> List.map (fun l -> List.findIndex ((=) l) labels)

/// 0 or 1 for each label.
let flags (row: Row) =
    labels |> List.map (fun l -> if List.contains l row.Labels then 1 else 0)

let join (separator: string) (items: 'a list) = String.Join(separator, items)

let quoted (text: string) =
    "\"" + text.Replace("\"", "\"\"") + "\""

let json (text: string) = Json.JsonSerializer.Serialize text

/// A shape: its files, of the training and the test rows, and how it is read.
[<NoEquality; NoComparison>]
type Shape =
    {
        Name: string
        Write: string -> unit
        Options: DataOptions
        /// The paths to read, in the folder.
        Paths: string list
        /// Labels are named by their ids.
        ById: bool
    }

let options =
    { DataSource.defaults with
        Formats = DataFormats.all
    }

/// A file of these lines in a folder.
let lines (name: string) (all: string list) folder =
    let path = Path.Combine(folder, name)
    Directory.CreateDirectory(Path.GetDirectoryName path) |> ignore
    File.WriteAllLines(path, all)

/// A shape of a file for each part.
let parts name ending (header: string list) (line: Row -> string) : Shape =
    {
        Name = name
        Write =
            fun folder ->
                lines $"train{ending}" (header @ List.map line train) folder
                lines $"test{ending}" (header @ List.map line test) folder
        Options = options
        Paths = [ "" ]
        ById = false
    }

let withFields fields (shape: Shape) =
    { shape with
        Options = { shape.Options with Fields = fields }
    }

/// Whose labels are named by their ids.
let byId (shape: Shape) = { shape with ById = true }

/// With more files.
let also write (shape: Shape) =
    { shape with
        Write =
            fun folder ->
                shape.Write folder
                write folder
    }

/// With vectors in a file beside that of each part.
let vectors (ending: string) write (shape: Shape) =
    shape
    |> also (fun folder ->
        write (Path.Combine(folder, $"train{ending}")) train
        write (Path.Combine(folder, $"test{ending}")) test)
    |> fun (shape: Shape) ->
        { shape with
            Options =
                { shape.Options with
                    Vectors = Some ending
                }
        }

let npy path rows = Npy.writeMatrix path (matrix rows)

let sparse (row: Row) =
    vector row |> Array.mapi (fun i v -> $"{i}:{v}") |> Array.toList |> join " "

let cells (row: Row) =
    vector row |> Array.map string |> Array.toList
