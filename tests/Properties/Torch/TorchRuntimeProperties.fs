module Limen.Properties.TorchRuntimeProperties

open System
open System.IO
open System.Reflection
open System.Runtime.InteropServices
open System.Runtime.Loader
open System.Threading
open Expecto
open Limen
open Limen.Core
open TorchSharp

let private six () =
    torch.ones(2L, 3L).sum().item<float32>()

/// Folders that TorchSharp makes beside itself where it copies torch's libraries.
let private copies () =
    Directory.GetDirectories(AppContext.BaseDirectory, "cpu")

/// A context with copies of its own of the two assemblies that looks for native libraries itself, and in the wrong place.
type private Plugin() =
    inherit AssemblyLoadContext("plugin")

    override this.Load name =
        if name.Name = "Limen.Core" || name.Name = "TorchSharp" then
            this.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name.Name + ".dll"))
        else
            null

    override _.LoadUnmanagedDll name =
        if name.Contains "LibTorchSharp" then
            raise (DllNotFoundException name)
        else
            0n

[<Tests>]
let tests =
    testList
        "TorchRuntime"
        [
            OwnProcess.test
                "TorchSharp works after Load from many threads at once: loaded once, nothing copied, with the threads of LIMEN_THREADS"
                [ "LIMEN_THREADS", "3" ]
                (fun () ->
                    Require.isFalse TorchRuntime.IsLoaded
                    use together = new Barrier 8
                    let sums = Array.zeroCreate<float32> 8

                    let threads =
                        [
                            for i in 0..7 ->
                                Thread(fun () ->
                                    together.SignalAndWait()
                                    TorchRuntime.Load()
                                    sums[i] <- six ())
                        ]

                    for thread in threads do
                        thread.Start()

                    for thread in threads do
                        thread.Join()

                    Require.all 6.0f sums
                    Require.isTrue TorchRuntime.IsLoaded
                    Require.equal 3 (torch.get_num_threads ())
                    Require.isEmpty (copies ())

                    if not (OperatingSystem.IsMacOS()) then // where a process's libraries are not told
                        TorchFiles.mapped ()
                        |> List.filter _.Contains("LibTorchSharp.")
                        |> List.length
                        |> Require.equal 1

                        Require.equal (Ok AlreadyLoaded) (TorchPlan.make (TorchLoader.surroundings ())))

            if OperatingSystem.IsLinux() then // libraries have versions there alone
                OwnProcess.test
                    "an older version without a symbol is told as the library loads, with the symbol's name"
                    []
                    (fun () ->
                        let here = TorchLoader.surroundings ()
                        NativeLibrary.Load here.Torch.Value |> ignore
                        let oldest = TorchPlan.older |> Map.map (fun _ _ -> "GLIBCXX_3.4")

                        Require.refusal<DllNotFoundException>(fun () ->
                            TorchLoader.loadRewritten oldest here.TorchSharp.Value |> box)
                        |> Require.contains "condition_variable")

            OwnProcess.test
                "a load context that does not hand TorchSharp its library is told of, and nothing is copied"
                []
                (fun () ->
                    let core = Plugin().LoadFromAssemblyName(AssemblyName "Limen.Core")

                    let thrown =
                        Require.thrown<TargetInvocationException>(fun () ->
                            core.GetType("Limen.TorchRuntime").GetMethod("Load").Invoke(null, [||]))

                    Require.equal "TorchUnavailableException" (thrown.InnerException.GetType().Name)
                    Require.contains "AssemblyLoadContext.Default" thrown.InnerException.Message
                    Require.isEmpty (copies ()))

            test "the version of the libtorch packages is that of TorchSharp" {
                TorchRuntime.Load()
                Require.equal $"{TorchFiles.version}.0" torch.__version__
            }

            test "an error of torch's is told without the trace of native calls" {
                TorchRuntime.Load()

                let thrown =
                    Require.thrown<ExternalException>(fun () -> torch.ones(3L).add(torch.ones 2L) |> box)

                Require.contains "frame #0" thrown.Message

                Require.equal
                    "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0"
                    (TorchErrors.withoutTrace thrown.Message)
            }

            property Cases.any "a message without such a trace stays as it is" (fun (message: string) ->
                let message = string message
                Require.equal message (TorchErrors.withoutTrace message)

                Require.equal
                    message
                    (TorchErrors.withoutTrace (
                        message
                        + "\nException raised from f at g.cpp:1 (most recent call first):\nframe #0: h"
                    )))
        ]
