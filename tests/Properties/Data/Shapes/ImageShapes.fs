/// Labels of images and videos, with vectors beside them or in the same file.
module Limen.Properties.ImageShapes

open System
open System.IO
open System.Text
open Google.Protobuf
open Limen
open Limen.Core
open Limen.Properties.Shape

/// A record of YouTube-8M.
let private youTube (row: Row) : byte[] =
    let message (write: CodedOutputStream -> unit) =
        use memory = new MemoryStream()
        let output = new CodedOutputStream(memory)
        write output
        output.Flush()
        memory.ToArray()

    let field number (bytes: byte[]) (output: CodedOutputStream) =
        output.WriteTag(number, WireFormat.WireType.LengthDelimited)
        output.WriteBytes(ByteString.CopyFrom bytes)

    let entry (key: string) kind (content: byte[]) =
        message (fun output ->
            field 1 (Encoding.UTF8.GetBytes key) output
            field 2 (message (field kind content)) output)

    let floats (values: float32[]) =
        message (field 1 (values |> Array.collect BitConverter.GetBytes))

    let integers (values: int list) =
        message (field 1 (message (fun output -> values |> List.iter (fun v -> output.WriteInt64 v))))

    let features =
        message (fun output ->
            field 1 (entry "id" 1 (message (field 1 (Encoding.UTF8.GetBytes $"v{row.Number}")))) output
            field 1 (entry "labels" 3 (integers (ids row))) output
            field 1 (entry "mean_rgb" 2 (floats (vector row))) output
            field 1 (entry "mean_audio" 2 (floats [| 0.5f |])) output)

    message (field 1 features)

let shapes: Shape list =
    [
        parts "labels in a table, vectors in .npy" ".csv" [ "image,labels" ] (fun r ->
            $"""{r.Number}.png,{join ";" r.Labels}""")
        |> vectors ".npy" npy
        parts "NIH's chest X-rays" ".csv" [ "Image Index,Finding Labels,Patient ID" ] (fun r ->
            $"""{r.Number}.png,{join "|" r.Labels},{r.Number / 2}""")
        |> withFields (Fields(Labels = [ "Finding Labels" ], Group = "Patient ID"))
        |> vectors ".npy" npy
        parts
            "CheXpert's labels, uncertain ones among them"
            ".csv"
            [ $"""Path,Sex,No Finding,{join "," labels}""" ]
            (fun r ->
                let value l f =
                    if f = 1 then "1.0"
                    elif (r.Number + l) % 2 = 0 then "-1.0"
                    else ""

                $"""p/{r.Number}.jpg,Female,0.0,{flags r |> List.mapi value |> join ","}""")
        |> vectors ".npy" npy
        parts "VinDr-CXR's labels of three raters" ".csv" [ $"""image_id,rad_id,{join "," labels}""" ] (fun r ->
            [
                for rater in 1..3 ->
                    let vote f =
                        if rater = 1 + r.Number % 3 then 1 - f else f

                    $"""i{r.Number},R{rater},{flags r |> List.map vote |> join ","}"""
            ]
            |> join "\n")
        |> vectors ".npy" npy
        parts "PadChest's labels" ".csv" [ "ImageID,Labels,Report" ] (fun r ->
            let list = r.Labels |> List.map (sprintf "'%s'") |> join ", "
            $"""{r.Number}.png,{quoted $"[{list}]"},{quoted r.Text}""")
        |> withFields (Fields(Text = [ "Report" ]))
        { parts "YouTube-8M's videos" "" [] (fun _ -> "") with
            Write =
                fun folder ->
                    for name, rows in [ "train", train; "test", test ] do
                        TfRecords.write (Path.Combine(folder, $"{name}.tfrecord")) (rows |> List.map youTube)
        }
        |> byId
    ]
