[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.App.Tests")]
