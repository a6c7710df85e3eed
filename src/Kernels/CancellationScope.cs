using System.Runtime.ExceptionServices;

namespace Limen.Kernels;

/// <summary>
/// The token that ends the work of a scope early. It goes with the flow of execution, to tasks and threads of the pool too, so that the parts of a long computation
/// need no parameter for it: <see cref="Workers"/> asks it before each task, long loops between their turns.
/// </summary>
internal readonly struct CancellationScope : IDisposable
{
    private static readonly AsyncLocal<CancellationToken> Ambient = new();

    private readonly CancellationToken _outer;

    private CancellationScope(CancellationToken token)
    {
        _outer = Ambient.Value;
        Ambient.Value = token;
    }

    /// <summary>The token of the scope that runs; none outside every scope.</summary>
    public static CancellationToken Token => Ambient.Value;

    /// <summary>Begins a scope, which ends when it is disposed; the token of the scope around it counts again then.</summary>
    public static CancellationScope Of(CancellationToken token) => new(token);

    /// <summary>Ends the work of a cancelled scope.</summary>
    /// <exception cref="OperationCanceledException">The scope's token was cancelled.</exception>
    public static void ThrowIfCancelled() => Token.ThrowIfCancellationRequested();

    /// <summary>The scope's token for loops of the thread pool.</summary>
    public static ParallelOptions Options => new() { CancellationToken = Token };

    /// <summary>
    /// Runs body(0) to body(count - 1) at once on the thread pool, in which they may do so themselves. The first exception of one is thrown as it is, and when the scope
    /// was cancelled, those that had not begun are not run.
    /// </summary>
    /// <exception cref="OperationCanceledException">The scope's token was cancelled.</exception>
    public static void For(int count, Action<int> body)
    {
        try
        {
            Parallel.For(0, count, Options, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }

    /// <summary>Ends the scope.</summary>
    public void Dispose() => Ambient.Value = _outer;
}
