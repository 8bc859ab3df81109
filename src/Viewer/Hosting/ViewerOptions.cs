using System.Net;
using System.Security.Cryptography.X509Certificates;
using Coverslip.Learning.Corrections;
using Coverslip.Slides.Geometry;

namespace Coverslip.Viewer.Hosting;

/// <summary>Where the viewer listens.</summary>
public sealed record ViewerOptions
{
    /// <summary>The port that is taken where none is asked for and it is free.</summary>
    public const int UsualPort = 8470;

    /// <summary>The address to listen at; by default this machine alone.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; null (default): <see cref="UsualPort"/>, or any free one where that is taken.</summary>
    public int? Port { get; init; }

    /// <summary>For TLS; needed where other machines are listened to. Null (default): none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Time after which somebody who does nothing has to sign in again; by default half a day.</summary>
    public TimeSpan SessionTime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Folder of annotations drawn in the viewer; null (default): <c>drawn</c> in the first folder that is shown.</summary>
    public string? Annotations { get; init; }

    /// <summary>Bytes of pictures of slides to keep; by default 256 MiB, a few thousand tiles.</summary>
    public long CacheBytes { get; init; } = 256 << 20;

    /// <summary>Microns per pixel of the slides' finest level, over what they say; null (default): as each says.</summary>
    public Mpp? SlideMpp { get; init; }

    /// <summary>Which pictures beside slides are shown, <c>macro</c> and <c>label</c>: none by default, for names stand on them.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];

    /// <summary>Told after each round of a correction; null (default): nobody is.</summary>
    public Action<Correction>? RoundKept { get; init; }

    /// <summary>Whether an error tells which file it is of; not where a file's name would tell what is true of it.</summary>
    public bool TellsFiles { get; init; } = true;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where a line of JSON goes per request that failed, without names of files; null (default): nowhere.</summary>
    public TextWriter? Log { get; init; }

    /// <summary>Whether every request gets such a line; by default those that failed alone.</summary>
    public bool LogsAll { get; init; }

    /// <summary>Where metrics of requests are sent (OTLP over HTTP, such as <c>http://localhost:4318/v1/metrics</c>); null (default): nowhere.</summary>
    public Uri? Metrics { get; init; }
}
