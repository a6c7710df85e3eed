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

    /// <summary>Ends the scope.</summary>
    public void Dispose() => Ambient.Value = _outer;
}
