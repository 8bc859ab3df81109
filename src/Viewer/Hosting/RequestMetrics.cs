using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Coverslip.Viewer.Hosting;

/// <summary>
/// How many requests there are and how long they take, by the pattern of the address, sent to a collector as OpenTelemetry has it. No
/// name of a slide and no token is among it.
/// </summary>
internal sealed class RequestMetrics : IDisposable
{
    internal const string MeterName = "Coverslip.Viewer";

    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> durations;
    private readonly MeterProvider provider;

    /// <param name="to">Where they are sent.</param>
    internal RequestMetrics(Uri to)
    {
        // The name and unit of OpenTelemetry's semantic conventions for servers.
        durations = meter.CreateHistogram<double>("http.server.request.duration", "s", "Time that requests took.");
        provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(MeterName)
            .AddOtlpExporter(exporter => (exporter.Endpoint, exporter.Protocol) = (to, OtlpExportProtocol.HttpProtobuf))
            .Build();
    }

    internal void Count(HttpContext http, string? route, TimeSpan took) =>
        durations.Record(
            took.TotalSeconds,
            new KeyValuePair<string, object?>("http.request.method", http.Request.Method),
            new KeyValuePair<string, object?>("http.route", route),
            new KeyValuePair<string, object?>("http.response.status_code", http.Response.StatusCode)
        );

    /// <summary>Sends what was not sent yet.</summary>
    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
    }
}
