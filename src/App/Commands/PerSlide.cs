using System.Runtime.ExceptionServices;
using Coverslip.App.Progress;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary>
/// Does something with each of many slides. One that fails is reported, and does not stop the others.
/// </summary>
internal static class PerSlide
{
    /// <summary>The results in the order of the slides; null, and a reason, where a slide failed.</summary>
    internal static (T? Result, string? Failure)[] Run<T>(string doing, string[] slides, Func<string, T> step)
        where T : class
    {
        var results = new (T? Result, string? Failure)[slides.Length];
        var done = 0;
        using var stop = new StopSignal();
        using (var line = new ProgressLine(doing, slides.Length, "slides"))
        {
            var settings = new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = stop.Token,
            };
            try
            {
                Parallel.For(
                    0,
                    slides.Length,
                    settings,
                    i =>
                    {
                        results[i] = One(slides[i], step);
                        line.Report(Interlocked.Increment(ref done));
                    }
                );
            }
            catch (AggregateException error)
            {
                // What ends everything, such as a full disk, is told as it is.
                ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
            }
        }
        foreach (var (slide, (_, failure)) in slides.Zip(results))
        {
            if (failure is not null)
                Console.Error.WriteLine($"failed: {slide}: {failure}");
        }
        return results;
    }

    private static (T? Result, string? Failure) One<T>(string slide, Func<string, T> step)
        where T : class
    {
        try
        {
            return (step(slide), null);
        }
        catch (UnreadableSlideException error)
        {
            return (null, error.Reason);
        }
        catch (Exception error) when (error is AnnotationException or InvalidDataException)
        {
            return (null, error.Message);
        }
    }
}
