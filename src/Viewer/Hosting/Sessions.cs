using System.Collections.Concurrent;

namespace Coverslip.Viewer.Hosting;

/// <summary>Somebody who has signed in.</summary>
/// <param name="Id">What the cookie holds.</param>
/// <param name="Csrf">What a write has to send along as a header, which another site's page cannot.</param>
/// <param name="Visitor">Who it is.</param>
internal sealed record Session(string Id, string Csrf, Visitor Visitor)
{
    internal DateTimeOffset LastSeen { get; set; }
}

/// <summary>Who has signed in, in memory: whoever restarts the viewer signs everybody out.</summary>
internal sealed class Sessions(TimeProvider clock, TimeSpan time)
{
    /// <summary>Of each the page holds two short strings; more than this many are somebody's loop.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, Session> open = new();

    internal Session Begin(Visitor visitor)
    {
        if (open.Count >= Most)
            foreach (var old in open.Values.OrderBy(s => s.LastSeen).Take(Most / 10))
                open.TryRemove(old.Id, out _);
        var session = new Session(AccessTokens.Create(), AccessTokens.Create(), visitor)
        {
            LastSeen = clock.GetUtcNow(),
        };
        open[session.Id] = session;
        return session;
    }

    /// <summary>The session of a cookie; null where there is none, or its time is over.</summary>
    internal Session? Of(string? id)
    {
        if (id is null || !open.TryGetValue(id, out var session))
            return null;
        var now = clock.GetUtcNow();
        if (now - session.LastSeen > time)
        {
            open.TryRemove(id, out _);
            return null;
        }
        session.LastSeen = now;
        return session;
    }

    /// <summary>Ends the session of a cookie, where there is one.</summary>
    internal void End(string? id)
    {
        if (id is not null)
            open.TryRemove(id, out _);
    }
}
