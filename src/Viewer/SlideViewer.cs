using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer;

/// <summary>A viewer of what lies in folders.</summary>
public static class SlideViewer
{
    /// <summary>Starts a viewer.</summary>
    /// <param name="paths">Slides, folders of slides, what <c>predict</c> wrote, runs, cohorts.</param>
    /// <param name="options">Where it listens.</param>
    /// <returns>The viewer, and the address that lets its holder in.</returns>
    /// <exception cref="IOException">Nothing to show, or no port to listen at.</exception>
    public static async Task<(ViewerHost Host, Uri Entry)> StartAsync(
        IReadOnlyList<string> paths,
        ViewerOptions options
    )
    {
        var token = AccessTokens.Create();
        var tokens = new AccessTokens();
        tokens.Admit(AccessTokens.HashOf(token), Visitor.Owner);
        var host = await ViewerHost.StartAsync(options, tokens, Modules(paths));
        return (host, new Uri(host.Address, $"/?token={token}"));
    }

    /// <summary>Every part of the viewer; a part adds its line here.</summary>
    private static IViewerModule[] Modules(IReadOnlyList<string> paths)
    {
        if (paths.FirstOrDefault(path => !Path.Exists(path)) is { } missing)
            throw new IOException(
                $"{missing}: there is no such file or folder; name a slide, a folder of slides, or what 'coverslip predict' wrote"
            );
        return [];
    }
}
