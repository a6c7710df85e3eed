using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Limen.Kernels;

/// <summary>Work cut into numbered tasks that may run in any order and at once.</summary>
internal interface ITasks
{
    void Run(int task);
}

/// <summary>
/// The threads that the kernels share. A kernel cuts its work into tasks by the shape of its data alone, never by the
/// number of threads, so its result is the same for any <see cref="Count"/>.
/// </summary>
public static unsafe class Workers
{
    private const int SpinsBeforeSleep = 200;

    private static readonly object Gate = new();
    private static readonly SemaphoreSlim Wake = new(0);
    private static int _count = FromEnvironment();
    private static int _threads;

    private static int _busy;
    private static bool _open;
    private static int _tasks;
    private static long _next; // beyond the last task it counts on, once for each thread
    private static int _helping;
    private static void* _state;
    private static delegate*<void*, int, void> _body;
    private static CancellationToken _cancellation;
    private static ExceptionDispatchInfo? _fault;

    /// <summary>How many threads work at once, the calling one included; at first LIMEN_THREADS, or the processor count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count below 1.</exception>
    public static int Count
    {
        get => Volatile.Read(ref _count);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _count, value);
        }
    }

    /// <summary>
    /// Runs body(0) to body(tasks - 1) and returns when all are done. A call from inside a task, or while another thread's
    /// call is running, does its tasks on the calling thread. The first exception of a task is thrown once the others have ended; those that had not begun are not run.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 0 tasks.</exception>
    public static void For(int tasks, Action<int> body)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tasks);
        ArgumentNullException.ThrowIfNull(body);
        var work = new ActionTasks(body);
        For(tasks, ref work);
    }

    /// <summary>As the public one, without allocation; the work must be a local variable of the caller, which stays where it is.</summary>
    internal static void For<T>(int tasks, ref T work) where T : struct, ITasks
    {
        var cancellation = CancellationScope.Token;
        var helpers = Math.Min(Count, tasks) - 1;
        if (helpers <= 0 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (var task = 0; task < tasks; task++)
            {
                cancellation.ThrowIfCancellationRequested();
                work.Run(task);
            }
            return;
        }
        try
        {
            Share(tasks, helpers, Unsafe.AsPointer(ref work), &Invoke<T>, cancellation);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private static void Invoke<T>(void* work, int task) where T : struct, ITasks => Unsafe.AsRef<T>(work).Run(task);

    private static void Share(int tasks, int helpers, void* state, delegate*<void*, int, void> body, CancellationToken cancellation)
    {
        while (_threads < helpers)
        {
            new Thread(Help) { IsBackground = true, Name = $"Limen {++_threads}" }.Start();
        }
        lock (Gate)
        {
            _state = state;
            _body = body;
            _cancellation = cancellation;
            _tasks = tasks;
            _next = 0;
            _fault = null;
            _open = true;
        }
        var asleep = helpers - Wake.CurrentCount;
        if (asleep > 0) Wake.Release(asleep);
        Drain();
        for (var spin = 0; Volatile.Read(ref _helping) > 0 && spin < SpinsBeforeSleep; spin++) Thread.SpinWait(20);
        lock (Gate)
        {
            _open = false;
            while (_helping > 0) Monitor.Wait(Gate);
        }
        var fault = _fault;
        _fault = null;
        _cancellation = default;
        fault?.Throw();
    }

    /// <summary>A helper joins the work that is open when it wakes; one that wakes too late finds none and sleeps again.</summary>
    private static void Help()
    {
        while (true)
        {
            Wake.Wait();
            lock (Gate)
            {
                if (!_open) continue;
                _helping++;
            }
            DrainWithin();
            lock (Gate)
            {
                if (--_helping == 0) Monitor.Pulse(Gate);
            }
        }
    }

    /// <summary>What tasks call sees the token of the scope that they were begun in.</summary>
    private static void DrainWithin()
    {
        if (!_cancellation.CanBeCanceled)
        {
            Drain();
            return;
        }
        using var scope = CancellationScope.Of(_cancellation);
        Drain();
    }

    private static void Drain()
    {
        for (var task = Interlocked.Increment(ref _next) - 1; task < _tasks; task = Interlocked.Increment(ref _next) - 1)
        {
            if (Volatile.Read(ref _fault) is not null) return;
            try
            {
                _cancellation.ThrowIfCancellationRequested();
                _body(_state, (int)task);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(e), null);
            }
        }
    }

    private static int FromEnvironment() =>
        int.TryParse(Environment.GetEnvironmentVariable("LIMEN_THREADS"), out var threads) && threads > 0
            ? threads
            : Environment.ProcessorCount;

    private readonly struct ActionTasks(Action<int> body) : ITasks
    {
        public void Run(int task) => body(task);
    }
}
