using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coverslip.App.Progress;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Viewer;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip view</c>: slides and what was made of them, in the browser.</summary>
internal static class ViewCommand
{
    private static readonly Argument<string[]> Paths = new("folder")
    {
        Description =
            "Slides, folders of slides, what 'predict' wrote, runs, cohorts of patches or radiographs; or a study of 'reading new'.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int?> Port = new("--port")
    {
        Description = $"Port to listen at. [default: {ViewerOptions.UsualPort}, or a free one where it is taken]",
    };

    private static readonly Option<string?> Listen = new("--listen")
    {
        Description =
            "Address to listen at for other machines, such as 0.0.0.0; needs --certificate. [default: this machine alone]",
    };

    private static readonly Option<string?> Certificate = new("--certificate")
    {
        Description = "PEM file with the certificate and its private key, for TLS.",
    };

    private static readonly Option<string?> Annotations = new("--annotations")
    {
        Description =
            "Folder for what is drawn in the viewer, NAME.geojson each. [default: 'drawn' in the first folder]",
    };

    private static readonly Option<bool> Macro = new("--macro")
    {
        Description = "Show the picture of the whole glass, where the slide has one; the label may be on it.",
    };

    private static readonly Option<bool> LabelImage = new("--label-image")
    {
        Description = "Show the picture of the label, where the slide has one; names stand on it.",
    };

    private static readonly Option<string> Log = new("--log")
    {
        Description =
            "Which requests get a line of JSON on standard error: failures or requests (all); no line names a file.",
        DefaultValueFactory = _ => Failures,
    };

    private static readonly Option<string?> Metrics = new("--metrics")
    {
        Description =
            "Send counts and times of requests to an OpenTelemetry collector (OTLP over HTTP), such as http://localhost:4318/v1/metrics.",
    };

    private const string Failures = "failures",
        Requests = "requests";

    internal static Command Create()
    {
        Log.AcceptOnlyFromAmong(Failures, Requests);
        Port.Within(1, 65535, "");
        var command = new Command(
            "view",
            """
            Show slides in the browser, with what models made of them. It prints one address, which lets its holder in,
            and goes on until Ctrl-C. No page of it asks anything of another machine.

            Examples:
              coverslip view slides
              coverslip view slides predictions --port 8080
              coverslip view second-opinion
              coverslip view slides --listen 0.0.0.0 --certificate server.pem
            """
        )
        {
            Paths,
            Port,
            Listen,
            Certificate,
            ReadingCommand.Database,
            Annotations,
            SlideArguments.SlideMpp,
            Macro,
            LabelImage,
            Log,
            Metrics,
        };
        command.SetAction(parsed =>
            (
                StudyOf(parsed) is { } study
                    ? Read(study, Options(parsed))
                    : Show(parsed.GetRequiredValue(Paths), Options(parsed))
            )
                .GetAwaiter()
                .GetResult()
        );
        return command;
    }

    /// <summary>The study that is named in place of folders; null where there is none.</summary>
    private static ReadingPlace? StudyOf(ParseResult parsed)
    {
        var (paths, database) = (parsed.GetRequiredValue(Paths), parsed.GetValue(ReadingCommand.Database));
        if (database is null && !paths.Any(ReadingPlace.IsStudy))
            return null;
        return paths.Length == 1
            ? ReadingPlace.Of(paths[0], database)
            : throw new ArgumentException(
                $"{string.Join(", ", paths)}: a study is served alone; name it and nothing else"
            );
    }

    private static async Task<int> Read(ReadingPlace study, ViewerOptions options)
    {
        using var stop = new StopSignal();
        await using var host = await ReadingViewer.StartAsync(study, options);
        Console.WriteLine(host.Address);
        Console.Error.WriteLine(
            "Each reader opens this address and signs in with the own token; Ctrl-C ends the viewer."
        );
        await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        return 0;
    }

    private static async Task<int> Show(string[] paths, ViewerOptions options)
    {
        using var stop = new StopSignal();
        var (host, entry) = await SlideViewer.StartAsync(paths, options);
        await using (host)
        {
            Console.WriteLine(entry);
            Console.Error.WriteLine("Open this address in a browser; Ctrl-C ends the viewer.");
            await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return 0;
    }

    private static ViewerOptions Options(ParseResult parsed)
    {
        var certificate = parsed.GetValue(Certificate);
        return new ViewerOptions
        {
            Address = Address(parsed.GetValue(Listen), certificate),
            Port = parsed.GetValue(Port),
            Certificate = certificate is null ? null : Load(certificate),
            Annotations = parsed.GetValue(Annotations),
            RoundKept = correction => CorrectCommand.WriteCurve(correction.Folder, correction.Rounds),
            SlideMpp = parsed.GetValue(SlideArguments.SlideMpp) is { } mpp ? Mpp.Of(mpp) : null,
            Beside =
            [
                .. parsed.GetValue(Macro) ? [AssociatedImages.Macro] : Array.Empty<string>(),
                .. parsed.GetValue(LabelImage) ? [AssociatedImages.Label] : Array.Empty<string>(),
            ],
            Log = Console.Error,
            LogsAll = parsed.GetValue(Log) == Requests,
            Metrics = parsed.GetValue(Metrics) is { } collector ? Collector(collector) : null,
        };
    }

    private static Uri Collector(string asked) =>
        Uri.TryCreate(asked, UriKind.Absolute, out var to) && to.Scheme is "http" or "https"
            ? to
            : throw new ArgumentException(
                $"--metrics {asked} is no address of a collector; give one with http:// or https://, such as http://localhost:4318/v1/metrics"
            );

    private static IPAddress Address(string? asked, string? certificate)
    {
        if (asked is null)
            return IPAddress.Loopback;
        if (!IPAddress.TryParse(asked, out var address))
            throw new ArgumentException(
                $"--listen {asked} is no address of a machine; give one such as 0.0.0.0 (all of this machine's) or 192.168.1.20"
            );
        if (certificate is null && !IPAddress.IsLoopback(address))
            throw new ArgumentException(
                $"--listen {asked} lets other machines in, and what they send could be read on the way; pass --certificate server.pem, with certificate and key in it "
                    + "(openssl req -x509 -newkey rsa:3072 -noenc -days 365 -subj /CN=$(hostname) -keyout server.pem -out certificate.pem; cat certificate.pem >> server.pem)"
            );
        return address;
    }

    private static X509Certificate2 Load(string file)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(file);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (CryptographicException error)
        {
            throw new IOException(
                $"{file}: no certificate with its private key in PEM was read ({error.Message}); put both into one file: cat CERTIFICATE KEY > server.pem, and pass --certificate server.pem",
                error
            );
        }
    }
}
