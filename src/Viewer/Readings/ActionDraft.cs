namespace Coverslip.Viewer.Readings;

/// <summary>What is to be appended.</summary>
/// <param name="Who">The reader.</param>
/// <param name="What">One of <see cref="Actions"/>.</param>
/// <param name="Payload">JSON.</param>
internal sealed record ActionDraft(string Who, string What, string Payload)
{
    public string? Slide { get; init; }
    public string? Model { get; init; }
    public string? Viewport { get; init; }

    /// <summary>Whether the same reader does this to a slide once only.</summary>
    public bool Once { get; init; }

    /// <summary>What the same reader must have done to the slide before; null: nothing.</summary>
    public string? After { get; init; }
}

/// <summary>An action that is out of its order: a second verdict, or one with the machine's view before the first.</summary>
internal sealed class OutOfOrderException(string message) : InvalidOperationException(message);
