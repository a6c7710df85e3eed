namespace Limen.Core.LibTorch

open System
open System.IO
open System.Reflection
open System.Runtime.InteropServices

/// What one tensor is: its element type as torch counts them, its rank, its flags, its sizes.
[<Struct; StructLayout(LayoutKind.Sequential, Size = 120)>]
type internal Description =
    val DType: int
    val Rank: int
    val Contiguous: int
    val RequiresGrad: int
    val Count: int64
    val FirstSize: int64

/// The allocator's figures, in bytes, and how many blocks it took from the system.
[<Struct; StructLayout(LayoutKind.Sequential)>]
type internal Memory =
    val Live: int64
    val Peak: int64
    val Cached: int64
    val System: int64

/// The C ABI of native/*.cpp: an int result is 0, or 1 where `limen_error` holds the message.
module internal Native =

    [<Literal>]
    let Library = "limen_torch"

    [<DllImport(Library)>]
    extern nativeint limen_error()

    [<DllImport(Library)>]
    extern nativeint limen_version()

    [<DllImport(Library)>]
    extern void limen_install_allocator()

    [<DllImport(Library); SuppressGCTransition>]
    extern int64 limen_live_bytes()

    [<DllImport(Library)>]
    extern void limen_memory(Memory& memory)

    [<DllImport(Library)>]
    extern void limen_set_memory_limit(int64 bytes)

    [<DllImport(Library)>]
    extern int64 limen_handles()

    [<DllImport(Library)>]
    extern int limen_threads()

    [<DllImport(Library)>]
    extern int limen_set_threads(int count)

    [<DllImport(Library)>]
    extern int limen_own_threads(int count)

    [<DllImport(Library)>]
    extern nativeint limen_blas()

    [<DllImport(Library)>]
    extern void limen_free(nativeint handle)

    [<DllImport(Library)>]
    extern int limen_describe(nativeint handle, Description& description)

    [<DllImport(Library)>]
    extern int limen_new(nativeint values, nativeint sizes, int rank, int dtype, nativeint& result)

    [<DllImport(Library)>]
    extern int limen_full(double value, nativeint sizes, int rank, int dtype, nativeint& result)

    [<DllImport(Library)>]
    extern int limen_read(nativeint handle, int dtype, nativeint values)

    [<DllImport(Library)>]
    extern int limen_address(nativeint handle, nativeint& result)

    [<DllImport(Library)>]
    extern int limen_operator(
        [<MarshalAs(UnmanagedType.LPUTF8Str)>] string name,
        [<MarshalAs(UnmanagedType.LPUTF8Str)>] string overload,
        nativeint& result
    )

    [<DllImport(Library)>]
    extern int limen_call(nativeint operator, nativeint cells, int count, nativeint& result)

    [<DllImport(Library)>]
    extern int limen_product(nativeint a, nativeint b, nativeint& result)

    [<DllImport(Library)>]
    extern int limen_record(nativeint handle)

    [<DllImport(Library)>]
    extern int limen_backward(nativeint handle, nativeint gradient)

    [<DllImport(Library)>]
    extern int limen_grad(nativeint handle, nativeint& result)

    [<DllImport(Library)>]
    extern int limen_forget_grad(nativeint handle)

    [<DllImport(Library)>]
    extern int limen_grad_mode(int on)

    [<DllImport("libc")>]
    extern int private setenv(string name, string value, int replace)

    let private here = Assembly.GetExecutingAssembly()

    /// Beside the program, beside this assembly, then the folder that LIMEN_NATIVE names.
    let private folders =
        [
            AppContext.BaseDirectory
            Path.GetDirectoryName here.Location
            Environment.GetEnvironmentVariable "LIMEN_NATIVE"
        ]
        |> List.filter (String.IsNullOrEmpty >> not)

    let private find () =
        let files = folders |> List.map (fun f -> Path.Combine(f, "liblimen_torch.so"))

        match files |> List.tryFind File.Exists with
        | Some file -> NativeLibrary.Load file
        | None ->
            let places = String.Join(", ", files)
            raise (DllNotFoundException $"liblimen_torch.so is in none of these places: {places}")

    /// OpenMP and OpenBLAS read the environment once, when they load, and not through .NET's copy of it. A waiting OpenMP
    /// thread spins shortly and then sleeps: longer spinning takes the cores away from others. A product runs on one thread, for the
    /// kernels' workers cut the work: OpenBLAS's own threads wait for each other while they spin. What the user set stays.
    let private prepare () =
        for name, value in
            [
                "OMP_WAIT_POLICY", "PASSIVE"
                "GOMP_SPINCOUNT", "1000"
                "OPENBLAS_NUM_THREADS", "1"
            ] do
            setenv (name, value, 0) |> ignore

    let private loaded =
        prepare ()
        let library = lazy find ()

        NativeLibrary.SetDllImportResolver(
            here,
            DllImportResolver(fun name _ _ -> if name = Library then library.Value else IntPtr.Zero)
        )

        limen_install_allocator ()
        limen_set_threads Environment.ProcessorCount = 0

    /// Loads and prepares the library, once; everything that can be the first call goes through here.
    let ensure () =
        if not loaded then
            raise (DllNotFoundException "liblimen_torch.so could not set its threads")
