[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Evaluation.Tests")]
