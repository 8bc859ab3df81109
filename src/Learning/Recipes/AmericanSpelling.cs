namespace Coverslip.Learning.Recipes;

/// <summary>Keys and words of recipes are spelled as in America; earlier recipes spelled them as in Britain.</summary>
internal static class AmericanSpelling
{
    private static readonly (string British, string American)[] Changed =
    [
        ("grey", "gray"),
        ("tumour", "tumor"),
        ("centre", "center"),
        ("colour", "color"),
        ("neighbour", "neighbor"),
        ("labelled", "labeled"),
        ("normalise", "normalize"),
        ("standardise", "standardize"),
        ("optimiser", "optimizer"),
    ];

    /// <summary>tumour_classes → tumor_classes; a word that is American already stays as it is.</summary>
    internal static string Of(string word) =>
        Changed.Aggregate(word, (text, change) => text.Replace(change.British, change.American));
}
