[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Viewer.Tests")]
