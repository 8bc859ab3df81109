namespace Coverslip.Learning.Corrections;

/// <summary>How well a probe judges slides of patients kept aside; null where one of two sides is missing.</summary>
/// <param name="WindowAuc">AUC over windows that are half tumor or more, against those without any.</param>
/// <param name="SlideAuc">AUC over slides by their labels.</param>
/// <param name="Windows">Windows that counted.</param>
/// <param name="Slides">Slides that were judged.</param>
public sealed record AsideFigures(double? WindowAuc, double? SlideAuc, int Windows, int Slides);
