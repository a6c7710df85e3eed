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
            OwnProcess.tests
                "TorchSharp after Load from many threads at once"
                [ "LIMEN_THREADS", "3" ]
                [
                    test "works, and nothing was copied" {
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
                        Require.isEmpty (copies ())
                    }

                    test "it was loaded once, and a second load knows that" {
                        TorchRuntime.Load()

                        if not (OperatingSystem.IsMacOS()) then // where a process's libraries are not told
                            TorchFiles.mapped ()
                            |> List.filter _.Contains("LibTorchSharp.")
                            |> List.length
                            |> Require.equal 1

                            Require.equal (Ok AlreadyLoaded) (TorchPlan.make (TorchLoader.surroundings ()))
                    }

                    test "torch has as many threads as LIMEN_THREADS says" {
                        TorchRuntime.Load()
                        Require.equal 3 (torch.get_num_threads ())
                    }

                    test "the version of the libtorch package is TorchSharp's" {
                        TorchRuntime.Load()
                        Require.equal $"{TorchFiles.version}.0" torch.__version__
                    }
                ]

            OwnProcess.tests
                "TorchSharp's library with older versions that lack a symbol"
                []
                [
                    test "is refused as it is loaded, by the symbol's name" {
                        if not (OperatingSystem.IsLinux()) then
                            skiptest "libraries have versions on Linux alone"

                        let here = TorchLoader.surroundings ()
                        NativeLibrary.Load here.Torch.Value |> ignore
                        let base34 = TorchPlan.older |> Map.map (fun _ _ -> "GLIBCXX_3.4")

                        Require.refusal<DllNotFoundException>(fun () ->
                            TorchLoader.loadRewritten base34 here.TorchSharp.Value |> box)
                        |> Require.contains "condition_variable"
                    }
                ]

            OwnProcess.tests
                "a load context that does not hand TorchSharp its library"
                []
                [
                    test "is told of, and nothing was copied" {
                        let core = Plugin().LoadFromAssemblyName(AssemblyName "Limen.Core")

                        let thrown =
                            Require.thrown<TargetInvocationException>(fun () ->
                                core.GetType("Limen.TorchRuntime").GetMethod("Load").Invoke(null, [||]))

                        Require.equal "TorchUnavailableException" (thrown.InnerException.GetType().Name)
                        Require.contains "AssemblyLoadContext.Default" thrown.InnerException.Message
                        Require.isEmpty (copies ())
                    }
                ]

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
