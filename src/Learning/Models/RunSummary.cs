using Coverslip.Evaluation.Statistics;

namespace Coverslip.Learning.Models;

/// <summary>What is told at the end of a training, besides what predictions say.</summary>
/// <param name="Title">What the figures are of; empty where they speak for themselves.</param>
/// <param name="Figures">By key, such as <c>froc</c>.</param>
public sealed record RunSummary(string Title, IReadOnlyList<(string Key, Estimate Figure)> Figures);
