namespace Coverslip.Viewer.Hosting;

/// <summary>Who looks: whoever holds a token.</summary>
/// <param name="Name">The reader's word in a reading; that of the one token of a viewer is <see cref="Owner"/>'s.</param>
internal sealed record Visitor(string Name)
{
    /// <summary>Whether this is a reader of a study, whose page is another.</summary>
    internal bool Reads { get; init; }

    /// <summary>Who started the viewer.</summary>
    internal static Visitor Owner { get; } = new("owner");
}
