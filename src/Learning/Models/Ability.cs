namespace Coverslip.Learning.Models;

/// <summary>The one place at which a model is asked for what not every model can.</summary>
internal static class Ability
{
    private static readonly IReadOnlyDictionary<Type, string> Known = new Dictionary<Type, string>
    {
        [typeof(IFitsImages)] = "learn from image files",
        [typeof(IPredictsImages)] = "say what an image file shows",
        [typeof(IPredictsWindows)] = "say what a window of a slide shows",
        [typeof(IRecordable)] = "be written as one network over an image's pixels",
        [typeof(IQuantizable)] = "be computed over numbers of eight bits",
        [typeof(IMapsFindings)] = "say where in an image it sees its classes",
    };

    /// <summary>The model as one that has an ability.</summary>
    /// <exception cref="InvalidOperationException">It has not; the message says what it takes instead.</exception>
    internal static T Able<T>(this IModel model)
        where T : IModel =>
        model is T able
            ? able
            : throw new InvalidOperationException(
                $"this run's method cannot {Known[typeof(T)]}; its models take {model.Takes}"
            );
}
