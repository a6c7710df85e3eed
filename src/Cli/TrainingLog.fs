namespace Limen.Cli

open System
open System.Diagnostics
open System.IO
open System.Numerics
open Google.Protobuf
open Limen
open Limen.Core

/// Files that grow while a model is trained.
[<NoEquality; NoComparison>]
type TrainingLog =
    {
        Report: TrainingProgress -> unit
        Close: unit -> unit
    }

[<RequireQualifiedAccess>]
module TrainingLog =

    let private none = { Report = ignore; Close = ignore }

    /// The ends of epochs: there loss and validation are known.
    let private ofEpochs (write: float -> TrainingProgress -> unit) : TrainingProgress -> unit =
        let clock = Stopwatch.StartNew()
        let mutable last = struct (0, 0)

        fun p ->
            if p.Epoch > 0 && p.ValidationNdcg.HasValue && last <> struct (p.Scorer, p.Epoch) then
                last <- struct (p.Scorer, p.Epoch)
                write clock.Elapsed.TotalSeconds p

    /// A line for each epoch: seconds since the start, share of the fit that is done, stage, scorer, epoch, epochs, loss, nDCG@5 on held-out rows, recall of the
    /// shortlist.
    let csv (path: string) : TrainingLog =
        let file = new StreamWriter(path, AutoFlush = true)
        file.WriteLine "seconds,done,stage,scorer,epoch,epochs,loss,validation_ndcg_at_5,shortlist_recall"

        {
            Report =
                ofEpochs (fun seconds p ->
                    CsvLine.ofValues
                        [
                            Math.Round(seconds, 2)
                            Math.Round(p.Done, 4)
                            p.Stage
                            p.Scorer
                            p.Epoch
                            p.Epochs
                            p.Loss
                            p.ValidationNdcg
                            p.ShortlistRecall
                        ]
                    |> file.WriteLine)
            Close = file.Dispose
        }

    /// The checksum of TensorBoard's records: CRC-32C, turned and shifted so that a checksum of a checksum is none.
    let private masked (bytes: byte[]) =
        let crc =
            ~~~(bytes |> Array.fold (fun crc b -> BitOperations.Crc32C(crc, b)) UInt32.MaxValue)

        BitOperations.RotateRight(crc, 15) + 0xa282ead8u

    /// An event as TFRecord frames it: length, checksum of the length, event, checksum of the event
    /// (https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details).
    let private append (file: Stream) (event: Tensorboard.Event) =
        let bytes = event.ToByteArray()
        let length = BitConverter.GetBytes(uint64 bytes.Length)

        for part in
            [
                length
                BitConverter.GetBytes(masked length)
                bytes
                BitConverter.GetBytes(masked bytes)
            ] do
            file.Write part

        file.Flush()

    /// Loss and nDCG@5 of each scorer in TensorBoard's form. The records are TorchSharp's; its own SummaryWriter asks torch's native library for the checksum.
    let tensorBoard (folder: string) : TrainingLog =
        let seconds () =
            float (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) / 1000.0

        let path =
            Path.Combine(folder, $"events.out.tfevents.{int64 (seconds ())}.{Environment.ProcessId}.limen")

        let file = File.Create path
        append file (Tensorboard.Event(WallTime = seconds (), FileVersion = "brain.Event:2"))

        let write (p: TrainingProgress) =
            let summary = Tensorboard.Summary()

            for tag, value in [ "loss", p.Loss; "validation_ndcg_at_5", p.ValidationNdcg.Value ] do
                if not (Double.IsNaN value) then
                    summary.Value.Add(
                        Tensorboard.Summary.Types.Value(Tag = $"scorer {p.Scorer}/{tag}", SimpleValue = float32 value)
                    )

            append file (Tensorboard.Event(WallTime = seconds (), Step = int64 p.Epoch, Summary = summary))

        {
            Report = ofEpochs (fun _ p -> write p)
            Close = file.Dispose
        }

    /// Those that were asked for.
    let create (csvFile: string option) (tensorBoardFolder: string option) : TrainingLog =
        let logs =
            [ csvFile |> Option.map csv; tensorBoardFolder |> Option.map tensorBoard ]
            |> List.choose id

        match logs with
        | [] -> none
        | logs ->
            {
                Report = fun p -> logs |> List.iter (fun log -> log.Report p)
                Close = fun () -> logs |> List.iter (fun log -> log.Close())
            }
